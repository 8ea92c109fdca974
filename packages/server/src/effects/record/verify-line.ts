import { counted } from '../../kernel/counted.ts';
import { decodePeaks, type TreeHead } from '../../kernel/merkle.ts';
import { type Checking, parseObject } from './checking.ts';
import { type CheckpointLine, readEntryLine } from './lines.ts';
import { decodeBase64 } from './note.ts';
import { checkEntryLine, readBytes } from './verify-entry.ts';

/** Checks one line after the first. */
export function checkLine(checking: Checking, line: string, number: number): void {
  if (line.startsWith('{"names_from":')) checking.names.read(line, number, checking.sequence.next());
  else if (line.startsWith('{"checkpoint":')) checkSigned(checking, line, number);
  else checkEntry(checking, line, number);
}

function checkEntry(checking: Checking, line: string, number: number): void {
  const { findings, tree, walk, sequence } = checking;
  const read = readEntryLine(line);
  const said = read && readBytes(checking, read);
  if (!read || !said) {
    const expected = sequence.next();
    findings.add(
      'unreadable',
      { from: expected, line: number },
      `Line ${number}, where entry ${expected} belongs, is not a line of an export.`,
    );
    return;
  }
  const before = sequence.next();
  const inPlace = sequence.take(said.entry, number);
  const leaf = checkEntryLine(checking, read, said, number);
  if (inPlace) tree.add(leaf);
  else tree.skip(sequence.next() - before);
  walk.atBoundary();
}

function checkSigned({ findings, tree, walk, sequence, names, last }: Checking, line: string, number: number): void {
  names.finish();
  const read = readSigned(line);
  if (!read) {
    const expected = sequence.next();
    findings.add(
      'unreadable',
      { from: expected, line: number },
      `Line ${number}, before entry ${expected}, is not a signed head as the record writes it.`,
    );
    return;
  }
  const { checkpoint, size, after, peaks } = read;
  if (after !== last.size) {
    const says = `A signed head between entries ${Math.min(after, last.size)} and ${size} is missing or out of place: this one was written after that of ${counted(after, 'entry', 'entries')}.`;
    findings.add('checkpoint', { from: Math.min(after, last.size), to: size - 1, line: number }, says);
  }
  last.size = size;
  last.note = checkpoint;
  const before = sequence.next();
  sequence.skipTo(size, number);
  tree.skip(sequence.next() - before);
  if (size < tree.size())
    findings.add(
      'checkpoint',
      { from: size, line: number },
      `The signed head of ${counted(size, 'entry', 'entries')} stands after entry ${tree.size() - 1}.`,
    );
  else walk.signed(checkpoint, number, peaksOf(size, peaks));
  walk.atBoundary();
}

function readSigned(line: string): CheckpointLine | undefined {
  const { checkpoint, size, after, peaks } = (parseObject(line) ?? {}) as Partial<CheckpointLine>;
  const typed =
    typeof checkpoint === 'string' &&
    typeof size === 'number' &&
    Number.isSafeInteger(size) &&
    typeof after === 'number' &&
    Array.isArray(peaks);
  if (!typed) return undefined;
  const read = { checkpoint, size, after, peaks };
  return JSON.stringify(read) === line ? read : undefined;
}

function peaksOf(size: number, peaks: readonly string[]): TreeHead {
  try {
    // Another spelling of the same bytes is a change, too.
    const read = peaks.map((peak) => decodeBase64(peak) ?? new Uint8Array());
    return decodePeaks(size, Buffer.concat(read));
  } catch {
    return { size: -1, peaks: [] };
  }
}
