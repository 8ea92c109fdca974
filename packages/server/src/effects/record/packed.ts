import type { Sealed } from '../../kernel/recorder.ts';
import type { Line } from './canonical.ts';
import type { Prepared } from './group.ts';
import type { NameRow } from './names.ts';

/** A commit that is data alone: no steps. What it has of bytes stands in the group's one buffer, as start and end. */
interface PackedCommit {
  readonly lines: readonly Line[];
  readonly names: readonly (Pick<NameRow, 'pseudonym' | 'kind' | 'name'> & { readonly salt: Span })[];
  readonly sealed: readonly (Pick<Sealed, 'digest' | 'keyId'> & {
    readonly iv: Span;
    readonly bytes: Span;
    readonly newKey: { readonly id: string; readonly run: string; readonly wrapped: Span } | undefined;
  })[];
  readonly latch: number | undefined;
}

type Span = readonly [start: number, end: number];

/** A group on its way to another thread. Its buffer is handed over and not copied. */
export interface PackedGroup {
  readonly commits: readonly PackedCommit[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Packs a group whose commits have no steps. Small views share pools, which a message would copy whole; so their bytes are put together. */
export function packGroup(group: readonly Prepared[]): PackedGroup {
  const parts: Uint8Array[] = [];
  let size = 0;
  const put = (bytes: Uint8Array): Span => {
    parts.push(bytes);
    size += bytes.length;
    return [size - bytes.length, size];
  };
  const commits = group.map(({ lines, names, sealed, latch }): PackedCommit => {
    return {
      lines,
      names: names.map(({ pseudonym, kind, name, salt }) => ({ pseudonym, kind, name, salt: put(salt) })),
      sealed: sealed.map(({ digest, keyId, iv, bytes, newKey }) => {
        return { digest, keyId, iv: put(iv), bytes: put(bytes), newKey: newKey && { ...newKey, wrapped: put(newKey.wrapped) } };
      }),
      latch,
    };
  });
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { commits, bytes };
}

/** The group as it was. */
export function unpackGroup({ commits, bytes: all }: PackedGroup): readonly Prepared[] {
  const take = ([start, end]: Span) => all.subarray(start, end);
  return commits.map(({ lines, names, sealed, latch }) => {
    return {
      lines,
      names: names.map(({ salt, ...name }) => ({ ...name, salt: take(salt) })),
      sealed: sealed.map(({ digest, keyId, iv, bytes, newKey }) => {
        return { digest, keyId, iv: take(iv), bytes: take(bytes), newKey: newKey && { ...newKey, wrapped: take(newKey.wrapped) } };
      }),
      latch,
      steps: undefined,
    };
  });
}
