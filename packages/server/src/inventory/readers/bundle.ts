import { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { revealed } from '../../kernel/revealed.ts';
import { type ReadConnector, readConnectors } from './connectors.ts';
import type { Notice } from './files.ts';
import { objectOf, parseJson, stringOf } from './json.ts';
import { readProse } from './prose.ts';
import type { ReadPlugin } from './read-plugin.ts';

const entriesMax = 20_000;
const entryBytesMax = 4 * 1024 * 1024;
const unpackedBytesMax = 1024 * 1024 * 1024;
const ratioMax = 200;
const scripts = /\.(sh|js|mjs|cjs|py|ts|ps1|bat)$/i;
const scriptsMax = 200;

/** Reads an MCP bundle (.mcpb, .dxt) without unpacking it. Undefined when it is none; what is wrong is told. */
export async function readBundle(path: string, shown: string, notice: Notice): Promise<ReadPlugin | undefined> {
  const tell = (rule: string, severity: 'high' | 'medium', says: string) => notice({ rule, severity, says, file: shown });
  let zip: ZipFile;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true });
  } catch (error) {
    tell('invalid_archive', 'medium', `is not a readable archive: ${wordsOf(error)}`);
    return undefined;
  }
  try {
    const found = await entriesOf(zip);
    const bomb = found.unpacked > unpackedBytesMax || (found.unpacked > 50 * 1024 * 1024 && found.unpacked > found.packed * ratioMax);
    if (bomb)
      tell(
        'zip_bomb',
        'high',
        `would unpack to ${Math.round(found.unpacked / 1_048_576)} MB from ${Math.round(found.packed / 1024)} kB; nothing but its manifest was read`,
      );
    if (found.broken !== undefined) tell(found.broken.rule, 'high', found.broken.says);
    if (found.links > 0) tell('leads_outside', 'medium', `holds ${found.links} symbolic links; they were not followed`);
    const manifest = await textOf(
      zip,
      found.entries.find(({ fileName }) => fileName === 'manifest.json'),
    );
    if (manifest === undefined) {
      tell('no_manifest', 'medium', 'has no readable manifest.json');
      return undefined;
    }
    const runnable = bomb
      ? []
      : found.entries.filter(({ fileName }) => scripts.test(fileName) && !fileName.includes('node_modules/')).slice(0, scriptsMax);
    const prose = [];
    for (const entry of runnable) prose.push({ name: entry.fileName, ...readProse((await textOf(zip, entry)) ?? '') });
    for (const { name, findings } of prose)
      for (const one of findings) if (one.severity === 'critical') notice({ ...one, says: `${revealed(name)} ${one.says}`, file: shown });
    return bundleOf(manifest, shown, notice, prose);
  } catch (error) {
    tell('invalid_archive', 'medium', `could not be read to its end: ${wordsOf(error)}`);
    return undefined;
  } finally {
    zip.close();
  }
}

function bundleOf(
  text: string,
  shown: string,
  notice: Notice,
  prose: readonly { readonly name: string; readonly hosts: readonly string[] }[],
): ReadPlugin | undefined {
  const manifest = parseJson(text, (rule, says) => notice({ rule, severity: 'medium', says: `its manifest ${says}`, file: shown }));
  if (!manifest) return undefined;
  const name = revealed((stringOf(manifest['name']) ?? 'unnamed').slice(0, 120));
  const version = stringOf(manifest['version']);
  const server = objectOf(manifest['server']) ?? {};
  const config = objectOf(server['mcp_config']) ?? {
    command: stringOf(server['type']) ?? 'node',
    args: [stringOf(server['entry_point']) ?? ''],
  };
  const tools = (Array.isArray(manifest['tools']) ? manifest['tools'] : [])
    .flatMap((tool) => {
      const one = objectOf(tool);
      return one ? [one] : [];
    })
    .slice(0, 2_000);
  const connectors = readConnectors({ [name]: config }, shown, name, notice).map((one): ReadConnector => ({ ...one, tools }));
  const options = Object.entries(objectOf(manifest['user_config']) ?? {});
  const sensitive = options
    .filter(([, option]) => objectOf(option)?.['sensitive'] === true)
    .map(([option]) => `user_config.${revealed(option)}`);
  return {
    name,
    kind: 'bundle',
    ...(version !== undefined && { version: revealed(version.slice(0, 60)) }),
    file: shown,
    counts: { skills: 0, commands: 0, agents: 0, hooks: 0, servers: 0 },
    connectors,
    secrets: [...new Set([...connectors.flatMap(({ entry }) => entry.secrets), ...sensitive])],
    hosts: [...new Set(prose.flatMap(({ hosts }) => hosts))].sort().slice(0, 100),
    sources: [],
    scripts: prose.map(({ name: file }) => revealed(file)),
    runs: [],
  };
}

interface Found {
  readonly entries: readonly Entry[];
  readonly packed: number;
  readonly unpacked: number;
  readonly links: number;
  readonly broken: { readonly rule: string; readonly says: string } | undefined;
}

function entriesOf(zip: ZipFile): Promise<Found> {
  return new Promise((resolve) => {
    const entries: Entry[] = [];
    const sum = { packed: 0, unpacked: 0, links: 0 };
    const done = (broken?: Found['broken']) => resolve({ entries, ...sum, broken });
    zip.on('entry', (entry: Entry) => {
      sum.packed += entry.compressedSize;
      sum.unpacked += entry.uncompressedSize;
      if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000) sum.links++;
      else entries.push(entry);
      if (entries.length > entriesMax) done({ rule: 'too_many_files', says: `holds more than ${entriesMax} files; the rest was not read` });
      else zip.readEntry();
    });
    zip.once('end', () => done());
    // The reader refuses names that climb out of the archive, and sizes that lie.
    zip.once('error', (error: Error) => done({ rule: 'path_traversal', says: `was not read further: ${wordsOf(error)}` }));
    zip.readEntry();
  });
}

async function textOf(zip: ZipFile, entry: Entry | undefined): Promise<string | undefined> {
  if (!entry || entry.uncompressedSize > entryBytesMax) return undefined;
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      next(bytes > entryBytesMax ? new Error('a file in it is larger than it says') : null, chunk);
    },
  });
  stream.once('error', (error) => bounded.destroy(error));
  return (await buffer(stream.pipe(bounded))).toString('utf8');
}

function wordsOf(error: unknown): string {
  return revealed(error instanceof Error ? error.message : String(error)).slice(0, 200);
}
