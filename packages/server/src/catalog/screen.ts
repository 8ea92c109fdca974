import type { LintedDefinition, LintFinding } from '../kernel/inventory.ts';
import type { DefinitionLint } from '../kernel/release-sources.ts';
import type { Comparison } from './compare.ts';
import type { Item } from './items.ts';
import type { Row } from './row.ts';

/** A definition in which something speaks past its purpose. */
export interface Suspicious {
  readonly item: Pick<Item, 'kind' | 'name'>;
  readonly findings: readonly LintFinding[];
}

/** Every tool by the connections that have one of that name; a reference to one's own is none. */
export function ownersOf(rows: readonly Pick<Row, 'connection' | 'kind' | 'name'>[], connection: string): ReadonlyMap<string, string> {
  const others = rows.filter((row) => row.kind === 'tool' && row.connection !== connection);
  const own = new Set(rows.filter((row) => row.kind === 'tool' && row.connection === connection).map(({ name }) => name));
  return new Map(others.filter(({ name }) => !own.has(name)).map(({ name, connection: owner }) => [name, owner] as const));
}

/** Reads what is new or changed for words that speak to the model. At first sight, what orders, hides or steals is not pinned but waits. */
export function screened(
  comparison: Comparison,
  connection: string,
  lint: DefinitionLint,
  others: ReadonlyMap<string, string>,
): { readonly comparison: Comparison; readonly suspicious: readonly Suspicious[] } {
  const of = (kind: Item['kind'], body: string) => lint.definition(kind, JSON.parse(body) as LintedDefinition, connection, others);
  const pinned = comparison.pin.map((item) => ({ item, findings: of(item.kind, item.body) }));
  const aside = comparison.aside.flatMap(({ item, body }) => (body === null ? [] : [{ item, findings: of(item.kind, body) }]));
  const waits = new Set(pinned.filter(({ findings }) => findings.some(isGrave)).map(({ item }) => item));
  const kept = comparison.pin.filter((item) => !waits.has(item));
  const added = [...waits].map((item) => ({ item, digest: item.digest, body: item.body, known: false }));
  return {
    comparison: { ...comparison, pin: kept, aside: [...comparison.aside, ...added] },
    suspicious: [...pinned, ...aside].filter(({ findings }) => findings.length > 0),
  };
}

function isGrave({ severity, rule }: LintFinding): boolean {
  return severity === 'critical' || rule === 'cross-server';
}
