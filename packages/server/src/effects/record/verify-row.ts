import type { Entry } from '@trapkey/contract/entry.ts';
import { leafHash } from '../../kernel/merkle.ts';
import { actedOf, column } from './canonical.ts';
import type { Findings } from './findings.ts';
import type { LedgerRow } from './ledger-read.ts';
import { isEntry } from './lines.ts';
import { equal } from './proofs.ts';

/** Checks a row of the ledger against itself; gives its entry, when its bytes are one. */
export function checkRow(findings: Findings, row: LedgerRow): Entry | undefined {
  const at = { from: row.entry };
  if (!equal(leafHash(row.bytes), row.leaf))
    findings.add('edited', at, `Entry ${row.entry} was edited: its bytes do not have the stored hash.`);
  const entry = parseEntry(row.bytes);
  if (!entry) {
    findings.add('unreadable', at, `The bytes of entry ${row.entry} are no entry.`);
    return undefined;
  }
  if (entry.entry !== row.entry) findings.add('moved', at, `Where entry ${row.entry} belongs stand the bytes of entry ${entry.entry}.`);
  const wrong = wrongColumn(row, entry);
  if (wrong) findings.add('shown', at, `The column ${wrong} of entry ${row.entry} is not what its bytes say, so a query would miss it.`);
  return entry;
}

function parseEntry(bytes: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(bytes);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function wrongColumn(row: LedgerRow, entry: Entry): string | undefined {
  if (row.at_ms !== Date.parse(entry.timestamp)) return 'at_ms';
  if (row.kind !== entry.kind) return 'kind';
  const wrong = (['call', 'plugin', 'connector', 'verdict'] as const).find((name) => row[name] !== column(entry[name]));
  // Entries from before these columns have none.
  if (wrong || (row.tool === null && row.reach === null)) return wrong;
  const { tool, reach } = actedOf(entry);
  return row.tool !== tool ? 'tool' : row.reach === null || Number(row.reach) !== reach ? 'reach' : undefined;
}
