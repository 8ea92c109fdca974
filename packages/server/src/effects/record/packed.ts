import type { Committed, Sealed, SeenRow } from '../../kernel/recorder.ts';
import type { Line } from './canonical.ts';
import type { Appended, Prepared } from './group.ts';
import type { NameRow } from './names.ts';

/**
 * A group on its way to another thread: one text, one buffer, and numbers that say how both are cut. A message of objects
 * costs five times as much, and its small buffers would be copied with the whole pools they stand in.
 */
export interface PackedGroup {
  readonly text: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly numbers: Float64Array<ArrayBuffer>;
}

/** In place of a length: there is nothing. */
const absent = -1;

/** Packs a group whose commits have no steps. */
export function packGroup(group: readonly Prepared[]): PackedGroup {
  const numbers: number[] = [];
  const parts: Uint8Array[] = [];
  let text = '';
  let size = 0;
  const put = {
    number: (value: number) => void numbers.push(value),
    text: (value: string | null) => {
      numbers.push(value === null ? absent : value.length);
      if (value !== null) text += value;
    },
    bytes: (value: Uint8Array) => {
      numbers.push(value.length);
      parts.push(value);
      size += value.length;
    },
  };
  put.number(group.length);
  for (const one of group) putCommit(put, one);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { text, bytes, numbers: Float64Array.from(numbers) };
}

interface Put {
  readonly number: (value: number) => void;
  readonly text: (value: string | null) => void;
  readonly bytes: (value: Uint8Array) => void;
}

function putCommit(put: Put, { lines, names, sealed, seen, latch }: Prepared): void {
  put.number(latch ?? absent);
  put.number(lines.length);
  for (const line of lines) {
    put.number(line.atMs);
    put.number(line.reach ?? Number.NaN);
    for (const value of [line.head, line.tail, line.kind, line.call, line.plugin, line.connector, line.verdict, line.tool]) put.text(value);
  }
  put.number(names.length);
  for (const { pseudonym, kind, name, salt } of names) {
    for (const value of [pseudonym, kind, name]) put.text(value);
    put.bytes(salt);
  }
  put.number(sealed.length);
  for (const { digest, keyId, iv, bytes, newKey } of sealed) {
    put.text(digest);
    put.text(keyId);
    put.bytes(iv);
    put.bytes(bytes);
    put.text(newKey?.id ?? null);
    if (!newKey) continue;
    put.text(newKey.run);
    put.bytes(newKey.wrapped);
  }
  put.number(seen.length);
  for (const { id, person, atMs, origin, source, sensitive, words } of seen) {
    for (const value of [id, person, origin, source, words]) put.text(value);
    put.number(atMs);
    put.number(sensitive ? 1 : 0);
  }
}

/** The group as it was. */
export function unpackGroup({ text, bytes, numbers }: PackedGroup): readonly Prepared[] {
  let [number, character, byte] = [0, 0, 0];
  const take = {
    number: () => numbers[number++] as number,
    text: () => {
      const length = take.number();
      if (length === absent) return null;
      character += length;
      return text.slice(character - length, character);
    },
    bytes: () => {
      const length = take.number();
      byte += length;
      return bytes.subarray(byte - length, byte);
    },
  };
  return times(take.number(), () => takeCommit(take));
}

interface Take {
  readonly number: () => number;
  readonly text: () => string | null;
  readonly bytes: () => Uint8Array;
}

function takeCommit(take: Take): Prepared {
  const latch = take.number();
  const some = () => take.text() as string;
  const lines = times(take.number(), (): Line => {
    const atMs = take.number();
    const reached = take.number();
    const reach = Number.isNaN(reached) ? null : reached;
    const [head, tail, kind, call, plugin, connector, verdict, tool] = [some(), some(), some(), ...times(5, take.text)];
    return {
      head,
      tail,
      atMs,
      kind,
      call: call ?? null,
      plugin: plugin ?? null,
      connector: connector ?? null,
      verdict: verdict ?? null,
      tool: tool ?? null,
      reach,
    };
  });
  const names = times(take.number(), (): NameRow => {
    return { pseudonym: some(), kind: some() as NameRow['kind'], name: some(), salt: take.bytes() };
  });
  const sealed = times(take.number(), (): Sealed => {
    const [digest, keyId, iv, bytes, id] = [some(), some(), take.bytes(), take.bytes(), take.text()];
    return { digest, keyId, iv, bytes, newKey: id === null ? undefined : { id, run: some(), wrapped: take.bytes() } };
  });
  const seen = times(take.number(), (): SeenRow => {
    const [id, person, origin, source, words] = [some(), some(), some(), some(), some()];
    return { id, person, origin, source, words, atMs: take.number(), sensitive: take.number() === 1 };
  });
  return { lines, names, sealed, seen, latch: latch === absent ? undefined : latch, steps: undefined };
}

function times<T>(count: number, make: () => T): T[] {
  const made: T[] = [];
  for (let at = 0; at < count; at++) made.push(make());
  return made;
}

/** What came of a group without steps, as numbers: the first entry of each commit, or that its latch had moved. */
export function packAppended(appended: readonly Appended[]): Float64Array<ArrayBuffer> {
  return Float64Array.from(appended, (one) => (one.status === 'committed' ? one.first : absent));
}

/** The outcomes as they were. */
export function unpackAppended(numbers: Float64Array): readonly Committed[] {
  return Array.from(numbers, (first) => (first === absent ? { status: 'latch_moved' } : { status: 'committed', first }));
}
