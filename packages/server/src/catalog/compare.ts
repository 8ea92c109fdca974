import { type Item, rowKey } from './items.ts';
import { gone, type Row } from './row.ts';

/** What a look at an upstream changes in its pins. */
export interface Comparison {
  readonly firstSight: boolean;
  /** To be pinned: first sight. */
  readonly pin: readonly Item[];
  /** To be kept aside until someone accepts it. */
  readonly aside: readonly {
    readonly item: Pick<Item, 'kind' | 'name'>;
    readonly digest: string | null;
    readonly body: string | null;
    readonly known: boolean;
  }[];
  /** Never reviewed, and not declared any more: forgotten. */
  readonly forget: readonly Pick<Item, 'kind' | 'name'>[];
}

/** Compares what is pinned with what the upstream says now. Pins never move here; only acceptance moves them. */
export function compare(rows: readonly Row[], items: ReadonlyMap<string, Item>): Comparison {
  if (rows.length === 0) return { firstSight: true, pin: [...items.values()], aside: [], forget: [] };
  const known = new Set(rows.map(rowKey));
  const added = [...items.values()].filter((one) => !known.has(rowKey(one)));
  const aside: Comparison['aside'][number][] = added.map((one) => ({ item: one, digest: one.digest, body: one.body, known: false }));
  const forget: Pick<Item, 'kind' | 'name'>[] = [];
  for (const row of rows) {
    const now = items.get(rowKey(row));
    if (!now && row.digest === '') forget.push(row);
    else {
      const digest = now?.digest === row.digest ? null : (now?.digest ?? gone);
      if (digest !== row.changed_digest) aside.push({ item: row, digest, body: digest === null ? null : (now?.body ?? null), known: true });
    }
  }
  return { firstSight: false, pin: [], aside, forget };
}

/** True when nothing is to be written. */
export function unchanged({ pin, aside, forget }: Comparison): boolean {
  return pin.length + aside.length + forget.length === 0;
}
