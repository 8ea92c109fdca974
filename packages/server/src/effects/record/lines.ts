import type { Entry } from '@trapkey/contract/entry.ts';
import { hashBytes } from '../../kernel/merkle.ts';
import type { NameRow } from './ledger-read.ts';
import type { ShownText } from './shown-text.ts';

/** The lines of an export. Each has exactly one spelling, so that verifying is writing it again and comparing. */

export const exportFormat = 'record-export/1';

/** The first line. `query` is there when entries that do not match it are shown by their hash only. */
export interface Header {
  readonly trapkey: typeof exportFormat;
  readonly origin: string;
  readonly public_key: string;
  readonly size: number;
  readonly query?: string;
  readonly checkpoint: string;
}

/** Before the entries that use them: names with the salts that prove their pseudonyms. */
export interface NamesLine {
  /** The entry that follows. */
  readonly names_from: number;
  readonly names: readonly { readonly pseudonym: string; readonly kind: string; readonly name: string; readonly salt: string }[];
}

/** A signed head after the entries that it covers; `peaks` let a verifier go on behind a damaged stretch. */
export interface CheckpointLine {
  readonly checkpoint: string;
  readonly size: number;
  /** Size of the checkpoint line before it, so that none can be taken out unseen. */
  readonly after: number;
  readonly peaks: readonly string[];
}

/** Names of one stretch of entries. */
export function namesLine(from: number, rows: readonly NameRow[]): string {
  const names = rows.map(({ pseudonym, kind, name, salt }) => ({ pseudonym, kind, name, salt: Buffer.from(salt).toString('base64') }));
  return JSON.stringify({ names_from: from, names } satisfies NamesLine);
}

/** A signed head with the peaks that its root is made of. */
export function checkpointLine(
  head: { readonly note: string; readonly size: number },
  after: number,
  peaks: readonly Uint8Array[],
): string {
  const encoded = peaks.map((peak) => Buffer.from(peak).toString('base64'));
  return JSON.stringify({ checkpoint: head.note, size: head.size, after, peaks: encoded } satisfies CheckpointLine);
}

/** An entry: its fields in the auditors' order with names resolved, the hash of its leaf, and the stored bytes themselves. */
export function entryLine(shown: ShownText, bytes: string, leafHex: string): string {
  return `${shown.text}${leafMarker}${leafHex}${bytesMarker}${JSON.stringify(bytes)}}`;
}

/** An entry that a query left out: its number and hash, which the tree needs. */
export function omittedLine(entry: number, leafHex: string): string {
  return `{"entry":${entry}${leafMarker}${leafHex}"}`;
}

const leafMarker = ',"leaf":"';
const bytesMarker = '","bytes":';

/** What stands in an entry's line, unchecked. */
export interface ReadEntryLine {
  /** The text before the hash: what is shown. */
  readonly shown: string;
  readonly leaf: string;
  /** Undefined for an entry that was left out; `entry` is then its number. */
  readonly bytes: string | undefined;
  readonly entry: number | undefined;
}

const omitted = /^\{"entry":(0|[1-9]\d{0,15}),"leaf":"([0-9a-f]{64})"\}$/;

/** Takes an entry's line apart; undefined when it is no such line, or not spelled as `entryLine` spells it. */
export function readEntryLine(line: string): ReadEntryLine | undefined {
  // Quotes inside strings are escaped, so the first bare marker is the real one.
  const at = line.indexOf(leafMarker);
  if (at < 0) return undefined;
  const left = at + leafMarker.length + hashBytes * 2;
  const shown = line.slice(0, at);
  const leaf = line.slice(at + leafMarker.length, left);
  if (!line.startsWith(bytesMarker, left)) {
    const [, number, hex] = omitted.exec(line) ?? [];
    return hex === undefined ? undefined : { shown, leaf: hex, bytes: undefined, entry: Number(number) };
  }
  const bytes = line.endsWith('}') ? readLiteral(line.slice(left + bytesMarker.length, -1)) : undefined;
  return bytes === undefined ? undefined : { shown, leaf, bytes, entry: undefined };
}

/** The text that a JSON string spells, if it is spelled in the one way that the record writes. */
function readLiteral(literal: string): string | undefined {
  try {
    const text: unknown = JSON.parse(literal);
    if (typeof text !== 'string') return undefined;
    // Canonical bytes have hardly an escape but that of quotes; only then is writing it again worth its cost.
    const plain = literal.startsWith('"') && literal.endsWith('"') && !/\\[^"]/.test(literal);
    return plain || JSON.stringify(text) === literal ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Whether parsed bytes are an entry at all: its number, kind and time are there. */
export function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { entry, kind, timestamp } = value as Partial<Entry>;
  return Number.isSafeInteger(entry) && typeof kind === 'string' && typeof timestamp === 'string';
}
