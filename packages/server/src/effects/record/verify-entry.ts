import { leafHex } from '../../kernel/merkle.ts';
import type { Checking } from './checking.ts';
import { parseObject } from './checking.ts';
import type { ReadEntryLine } from './lines.ts';
import { type ShownText, shownText } from './shown-text.ts';

/** What the stored bytes of a line say: its number, and how it has to be shown. Undefined when they are no entry. */
export function readBytes(checking: Checking, read: ReadEntryLine): ShownText | undefined {
  return read.bytes === undefined ? { entry: read.entry as number, text: read.shown } : shownText(read.bytes, checking.names.resolve);
}

/** Checks one entry's line against its own bytes and names; gives the leaf for the tree. */
export function checkEntryLine(checking: Checking, read: ReadEntryLine, said: ShownText, number: number): Uint8Array {
  const { findings, counts, names, header } = checking;
  const at = { from: said.entry, line: number };
  names.used();
  counts.entries += 1;
  const leaf = Buffer.from(read.leaf, 'hex');
  if (read.bytes === undefined) {
    counts.omitted += 1;
    if (header.query === undefined)
      findings.add('omitted', at, `Entry ${said.entry} is shown by its hash only, and the export was not filtered.`);
    return leaf;
  }
  if (leafHex(read.bytes) !== read.leaf) {
    findings.add('edited', at, `Entry ${said.entry} was edited: its bytes do not have the hash beside them.`);
  }
  if (said.text !== read.shown) {
    findings.add(
      'shown',
      at,
      `Entry ${said.entry} is shown with another ${differingField(said.text, read.shown)} than its stored bytes have.`,
    );
  }
  return leaf;
}

function differingField(said: string, shown: string): string {
  const [stored, given] = [parseObject(`${said}}`), parseObject(`${shown}}`)];
  if (!stored || !given) return 'text';
  const fields = [...new Set([...Object.keys(stored), ...Object.keys(given)])];
  return fields.find((field) => JSON.stringify(stored[field]) !== JSON.stringify(given[field])) ?? 'spelling';
}
