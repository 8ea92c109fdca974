import type { RecordFacets, RecordPage } from '@trapkey/contract/api/record.ts';
import type { Entry } from '@trapkey/contract/entry.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { parseQuery } from '../query/parse.ts';
import type { RecordReader } from '../read.ts';

/** One question looks no longer than this; whoever asked goes on from where it ended. */
const lookMs = 120;
const slackMs = 600_000;
const stepEntries = 1_000;
/** So many entries are looked for in one statement: others get their turn between. */
const spanEntries = 20_000;
const facetEntriesMax = 20_000;
const valuesMax = 12;

const facetFields = ['kind', 'verdict', 'code', 'on_behalf_of', 'plugin', 'connector', 'tool', 'tier', 'effect', 'outcome'] as const;

/** Pages and counts of the record, each within a moment however much there is. */
export function openLooking({ reader, clock }: { readonly reader: RecordReader; readonly clock: Clock }) {
  const size = async () => (await reader.ledger.head())?.size ?? 0;
  return {
    /** Throws, in words, where a query cannot be read. */
    check: (query: string) => void parseQuery(query, clock()),
    async page(query: string, { max, before }: { readonly max: number; readonly before?: number | undefined }): Promise<RecordPage> {
      const entries: Entry[] = [];
      const { lookedTo, next } = await steps(
        reader,
        parseQuery(query, clock()),
        { before, max, entriesMax: Number.POSITIVE_INFINITY },
        (found) => entries.push(...found),
      );
      return { entries: entries as unknown as RecordPage['entries'], next: next ?? null, lookedTo, size: await size() };
    },
    async facets(query: string): Promise<RecordFacets> {
      const counts = new Map(facetFields.map((field) => [field, new Map<string, number>()] as const));
      let matched = 0;
      const { lookedTo, next } = await steps(
        reader,
        parseQuery(query, clock()),
        { before: undefined, max: Number.POSITIVE_INFINITY, entriesMax: facetEntriesMax },
        (found) => {
          matched += found.length;
          for (const entry of found) for (const [field, values] of counts) countIn(values, entry[field]);
        },
      );
      const facets = [...counts].map(([field, values]) => facetOf(field, values));
      return { facets: facets.filter(({ values }) => values.length > 0), matched, lookedTo, more: next !== undefined };
    },
  };
}
export type Looking = ReturnType<typeof openLooking>;

async function steps(
  reader: RecordReader,
  query: ReturnType<typeof parseQuery>,
  until: { readonly before: number | undefined; readonly max: number; readonly entriesMax: number },
  heard: (entries: readonly Entry[]) => void,
): Promise<{ readonly lookedTo: number; readonly next: number | undefined }> {
  const overAtMs = performance.now() + lookMs;
  // Clocks of nodes differ; what is older than that is not looked at.
  const bottom = query.sinceMs === undefined ? 0 : await reader.ledger.firstSince(query.sinceMs - slackMs);
  const first = until.before ?? (await reader.ledger.head())?.size ?? 0;
  let before = first;
  for (let many = 0; before > bottom; ) {
    const floor = Math.max(bottom, before - spanEntries);
    const page = await reader.list(query, { limit: Math.min(until.max - many, stepEntries), scanMax: stepEntries, before, floor });
    heard(page.entries);
    many += page.entries.length;
    before = page.next ?? floor;
    if (many >= until.max || first - before >= until.entriesMax || performance.now() > overAtMs) break;
  }
  return { lookedTo: before, next: before <= bottom ? undefined : before };
}

function countIn(values: Map<string, number>, value: unknown): void {
  if (value === undefined || value === null) return;
  values.set(String(value), (values.get(String(value)) ?? 0) + 1);
}

function facetOf(field: string, values: ReadonlyMap<string, number>): RecordFacets['facets'][number] {
  const sorted = [...values].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return {
    field,
    values: sorted.slice(0, valuesMax).map(([value, count]) => ({ value, count })),
    more: Math.max(0, sorted.length - valuesMax),
  };
}
