import type { Entry } from '@trapkey/contract/entry.ts';
import type { Ledger, LedgerRow } from '../ledger-read.ts';
import type { Matcher } from '../query/match.ts';
import { pseudonymsOf, withNames } from '../show.ts';

const pageRows = 500;

const columns = [
  ...([
    'timestamp',
    'entry',
    'kind',
    'on_behalf_of',
    'actor',
    'action',
    'approval',
    'plugin',
    'connector',
    'tool',
    'effect',
    'tier',
  ] as const),
  ...(['reach', 'destination', 'verdict', 'code', 'rule', 'ticket', 'outcome', 'call', 'run', 'session', 'model', 'data_sources'] as const),
  ...(['policy', 'subject', 'reason', 'detail'] as const),
];

/** What a query finds as a table, oldest first, in chunks of whole lines. */
export async function* recordTable(ledger: Ledger, matches: Matcher, size: number): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for (let at = -1; at + 1 < size; ) {
    const rows = await ledger.newer({ after: at, limit: Math.min(pageRows, size - at - 1) });
    if (rows.length === 0) return;
    const found = (await named(ledger, rows)).filter(matches);
    if (found.length > 0) yield found.map((entry) => `${columns.map((column) => cell(entry[column])).join(',')}\r\n`).join('');
    at = (rows.at(-1) as LedgerRow).entry;
  }
}

async function named(ledger: Ledger, rows: readonly LedgerRow[]): Promise<readonly Entry[]> {
  const entries = rows.map(({ bytes }) => JSON.parse(bytes) as Entry);
  const found = await ledger.names([...new Set(entries.flatMap(pseudonymsOf))]);
  const names = new Map(found.map(({ pseudonym, name }) => [pseudonym, name]));
  return entries.map((entry) => withNames(entry, names));
}

/** Quoted where it must be; what a spreadsheet would run as a formula begins with an apostrophe. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
