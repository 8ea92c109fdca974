import type { ReleaseTexts } from '@trapkey/contract/api/catalog.ts';
import type { ReleaseFile, ReleaseManifest } from '../../kernel/releases.ts';

const textsMax = 200;
const textBytesMax = 256 * 1024;
const allBytesMax = 4 * 1024 * 1024;

/** Reads files by their digests. */
export type ReadFiles = (digests: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;

/** Files and definitions that two releases do not have alike, as they are written. Bounded: what is too long is only named. */
export async function differingTexts(
  before: ReleaseManifest | undefined,
  now: ReleaseManifest,
  read: ReadFiles,
): Promise<Omit<ReleaseTexts, 'against'>> {
  const files = differing(before?.files ?? [], now.files, ({ path }) => path);
  const definitions = differing(before?.definitions ?? [], now.definitions, ({ kind, connector, name }) => `${kind} ${connector}.${name}`);
  const shown = files.slice(0, textsMax);
  const sides = shown.flatMap(([, was, is]) => [was, is]).filter((one) => one !== undefined);
  const wanted = affordable(sides);
  const bytes = await read([...wanted]);
  const textOf = (file: ReleaseFile | undefined) => (file && wanted.has(file.digest) ? utf8(bytes.get(file.digest)) : null);
  return {
    texts: [
      ...definitions.slice(0, textsMax).map(([path, was, is]) => ({ path, was: pretty(was?.body), now: pretty(is?.body), says: null })),
      ...shown.map(([path, was, is]) => {
        const [had, has] = [textOf(was), textOf(is)];
        const unread = (was && had === null) || (is && has === null);
        return { path, was: had, now: has, says: unread ? 'No text, or too long to be shown here.' : null };
      }),
    ],
    more: files.length > textsMax || definitions.length > textsMax,
  };
}

function differing<T extends { readonly digest: string }>(
  before: readonly T[],
  now: readonly T[],
  nameOf: (one: T) => string,
): readonly (readonly [string, T | undefined, T | undefined])[] {
  const was = new Map(before.map((one) => [nameOf(one), one]));
  const is = new Map(now.map((one) => [nameOf(one), one]));
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((name) => was.get(name)?.digest !== is.get(name)?.digest)
    .map((name) => [name, was.get(name), is.get(name)] as const);
}

function affordable(files: readonly ReleaseFile[]): ReadonlySet<string> {
  const taken = new Set<string>();
  let left = allBytesMax;
  for (const { digest, bytes } of files) {
    if (bytes > textBytesMax || bytes > left || taken.has(digest)) continue;
    taken.add(digest);
    left -= bytes;
  }
  return taken;
}

function utf8(bytes: Uint8Array | undefined): string | null {
  if (!bytes) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function pretty(body: string | undefined): string | null {
  return body === undefined ? null : JSON.stringify(JSON.parse(body), null, 2);
}
