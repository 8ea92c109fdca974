import type { Entry } from '@trapkey/contract/entry.ts';
import { appendLeaves, emptyTree, type TreeHead } from '../../kernel/merkle.ts';
import { parseCheckpoint } from './checkpoint.ts';
import type { Ledger, LedgerRow } from './ledger-read.ts';
import { checkpointLine, entryLine, exportFormat, type Header, isEntry, namesLine, omittedLine } from './lines.ts';
import type { Matcher } from './query/match.ts';
import { pseudonymsOf, withNames } from './show.ts';
import { resolveField, shownText } from './shown-text.ts';

/** What to export: everything that the checkpoint covers, or of it only what a query finds. */
export interface ExportOrder {
  readonly ledger: Ledger;
  /** Verifier key `name+hash+base64` of the log. */
  readonly publicKey: string;
  /** A signed head; the export ends with its last entry. */
  readonly checkpoint: string;
  readonly query?: { readonly text: string; readonly matches: Matcher };
}

const pageRows = 500;

/** The export in chunks of whole lines, NDJSON. An auditor can verify it alone with the public key. */
export async function* exportRecord({ ledger, publicKey, checkpoint, query }: ExportOrder): AsyncGenerator<string> {
  const { origin, size } = parseCheckpoint(checkpoint);
  const header: Header = { trapkey: exportFormat, origin, public_key: publicKey, size, ...(query && { query: query.text }), checkpoint };
  yield `${JSON.stringify(header)}\n`;
  const signed = signedHeads(ledger, size, checkpoint);
  let next = await signed.next();
  let head: TreeHead = emptyTree();
  let [after, at] = [0, -1];
  while (at + 1 < size) {
    const rows = (await ledger.newer({ after: at, limit: Math.min(pageRows, size - at - 1) })).filter(({ entry }) => entry < size);
    if (rows.length === 0) break;
    const { names, lines } = await linesOf(ledger, rows, query?.matches);
    const chunk: string[] = names;
    for (const [i, row] of rows.entries()) {
      chunk.push(lines[i] as string);
      head = appendLeaves(head, [row.leaf]);
      for (; !next.done && next.value.size <= row.entry + 1; next = await signed.next()) {
        chunk.push(checkpointLine(next.value, after, head.peaks));
        after = next.value.size;
      }
    }
    at = (rows.at(-1) as LedgerRow).entry;
    yield `${chunk.join('\n')}\n`;
  }
  // A tree shorter than what was signed is shown as it is; verifying says so.
  for (; !next.done; next = await signed.next()) yield `${checkpointLine(next.value, after, head.peaks)}\n`;
}

async function linesOf(
  ledger: Ledger,
  rows: readonly LedgerRow[],
  matches: Matcher | undefined,
): Promise<{ names: string[]; lines: string[] }> {
  const entries = rows.map(({ bytes }) => parsed(bytes));
  const found = await ledger.names([...new Set(entries.flatMap((entry) => (entry ? pseudonymsOf(entry) : [])))]);
  const names = new Map(found.map(({ pseudonym, name }) => [pseudonym, name]));
  const used = new Set<string>();
  const lines = rows.map((row, i) => {
    const entry = entries[i];
    const leaf = Buffer.from(row.leaf).toString('hex');
    // Bytes that are no entry were damaged; the line shows the hash that they had.
    if (!entry || (matches && !matches(withNames(entry, names)))) return omittedLine(row.entry, leaf);
    for (const pseudonym of pseudonymsOf(entry)) used.add(pseudonym);
    const shown = shownText(row.bytes, (field, raw) => resolveField(field, raw, (pseudonym) => names.get(pseudonym) ?? pseudonym));
    return shown ? entryLine(shown, row.bytes, leaf) : omittedLine(row.entry, leaf);
  });
  const disclosed = found.filter(({ pseudonym }) => used.has(pseudonym)).sort((a, b) => (a.pseudonym < b.pseudonym ? -1 : 1));
  return { names: disclosed.length > 0 ? [namesLine(rows[0]?.entry ?? 0, disclosed)] : [], lines };
}

function parsed(bytes: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(bytes);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** The stored heads below the last, and then the last. */
async function* signedHeads(ledger: Ledger, size: number, last: string): AsyncGenerator<{ readonly size: number; readonly note: string }> {
  let above = 0;
  for (;;) {
    const page = await ledger.checkpoints(above, pageRows);
    for (const head of page) if (head.size < size) yield head;
    above = page.at(-1)?.size ?? size;
    if (above >= size) break;
  }
  yield { size, note: last };
}
