import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGzip, deflateRawSync } from 'node:zlib';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../../packages/server/src/effects/record/keys.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { Releases } from '../../packages/server/src/kernel/releases.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';
import { releasesOver } from '../../packages/server/src/wire-releases.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { type Files, folderOf, plugin, policy } from './house.ts';

const author: ProvenPerson = { person: 'lee@corp.example', roles: ['approver'], freshAtMs: 1_780_000_000_000 };
const sqlite = databases.filter(({ name }) => name === 'sqlite');

function zipOf(files: Files): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), path);
  zip.end();
  return buffer(zip.outputStream);
}

/** A zip by hand, for what no library writes: names that climb, sizes that lie, links. */
function rawZip(name: string, content: Buffer, more: { readonly mode?: number; readonly size?: number } = {}): Buffer {
  const [packed, path] = [deflateRawSync(content), Buffer.from(name)];
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(8, 8);
  head.writeUInt32LE(packed.length, 18);
  head.writeUInt32LE(more.size ?? content.length, 22);
  head.writeUInt16LE(path.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(0x0314, 4);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(more.size ?? content.length, 24);
  entry.writeUInt16LE(path.length, 28);
  entry.writeUInt32LE(((more.mode ?? 0o100644) << 16) >>> 0, 38);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + path.length, 12);
  end.writeUInt32LE(30 + path.length + packed.length, 16);
  return Buffer.concat([head, path, packed, entry, path, end]);
}

describe.each(sqlite)('what is proposed on $name', ({ fresh }) => {
  let one: FreshDatabase;
  let releases: Releases;
  let place: string;
  let closing: () => Promise<void>;
  beforeEach(async () => {
    one = await fresh();
    place = mkdtempSync(join(tmpdir(), 'trapkey-input-'));
    const recorder = openRecorder({ database: one.database, keys: openKeys(join(place, 'keys'), { mayCreate: true }) });
    const compiled = compileSet({ 'policy.yaml': policy('https://crm.example/mcp') }, {});
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    releases = releasesOver({ database: one.database, recorder, clock: () => 1_780_000_000_000 }, () => compiled.set);
    closing = () => recorder.close();
  });
  afterEach(async () => {
    await closing();
    await one.drop();
    rmSync(place, { recursive: true, force: true });
  });
  const propose = (source: string) => releases.propose({ source, by: author, privateNetwork: false });
  const archive = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(place, name), bytes);
    return propose(join(place, name));
  };
  const nothing = async () => expect(await releases.list()).toEqual([]);

  test('a folder, a zip and a tar.gz of the same files are the same release', async () => {
    const folder = folderOf(plugin('1.1.0'));
    const first = await propose(folder);
    expect(await archive('desk.zip', await zipOf(plugin('1.1.0')))).toMatchObject({ sourceDigest: first.sourceDigest });
    await create({ gzip: true, file: join(place, 'desk.tgz'), cwd: folder }, ['.']);
    expect(await propose(join(place, 'desk.tgz'))).toMatchObject({ sourceDigest: first.sourceDigest, state: 'proposed' });
    expect(await releases.list()).toHaveLength(1);
  });

  test.each([
    ['climbs out', () => rawZip('../../evil.sh', Buffer.from('x')), /relative path|outside/],
    ['is absolute', () => rawZip('/etc/cron.d/evil', Buffer.from('x')), /absolute path|outside/],
    ['is a link', () => rawZip('skills', Buffer.from('/etc'), { mode: 0o120777 }), /is a link/],
    ['lies about its size', () => rawZip('a.md', Buffer.alloc(20_000_000), { size: 10 }), /cannot be read|MB/],
    ['is a bomb', () => rawZip('a.md', Buffer.alloc(200_000_000)), /more than 8 MB/],
    ['is no archive', () => Buffer.from('PK nothing'), /cannot be read/],
  ] as const)('a zip in which a file %s is refused whole', async (_, bytes, says) => {
    await expect(archive('evil.zip', bytes())).rejects.toThrow(says);
    await nothing();
  });

  test('tar archives with links are refused', async () => {
    const folder = folderOf(plugin('1.1.0'));
    symlinkSync('/etc/passwd', join(folder, 'skills/passwd'));
    await create({ gzip: true, file: join(place, 'links.tgz'), cwd: folder }, ['.']);
    await expect(propose(join(place, 'links.tgz'))).rejects.toThrow('is a link');
    await nothing();
  });

  test('a tar archive that unpacks to far too much is refused', async () => {
    const gzip = createGzip();
    const packed = buffer(gzip);
    for (let i = 0; i < 200; i++) gzip.write(Buffer.alloc(1_048_576));
    gzip.end();
    await expect(archive('bomb.tar.gz', await packed)).rejects.toThrow(/cannot be read|far more/);
    await nothing();
  });

  test('in a folder, links, huge files and names that are one where case does not count are refused', async () => {
    const linked = folderOf(plugin('1.1.0'));
    symlinkSync('/etc/passwd', join(linked, 'README.md'));
    await expect(propose(linked)).rejects.toThrow('README.md is a link');
    await expect(propose(folderOf(plugin('1.1.0', { 'skills/books/skill.md': 'other' })))).rejects.toThrow('is the same file as');
    await expect(propose(folderOf(plugin('1.1.0', { 'big.bin': Buffer.alloc(9 * 1024 * 1024) })))).rejects.toThrow('more than 8 MB');
    await expect(propose(folderOf(plugin('1.1.0', { 'skills/b\u200Book.md': 'x' })))).rejects.toThrow('hides something');
    await nothing();
  });

  test.each([
    ['no version', { '.claude-plugin/plugin.json': '{"name":"desk"}' }, 'has no version'],
    ['a name that is none', { '.claude-plugin/plugin.json': '{"name":"../desk","version":"1.1.0"}' }, 'which is no name here'],
    ['a version with a path', { '.claude-plugin/plugin.json': '{"name":"desk","version":"../1"}' }, 'has the version'],
    [
      'a manifest that is empty',
      { '.claude-plugin/plugin.json': '' },
      '.claude-plugin/plugin.json is not valid JSON: ValueExpected in line 1',
    ],
    ['a manifest that is torn', { '.claude-plugin/plugin.json': '{"name":"desk","version":"1.1.0"' }, 'plugin.json is not valid JSON'],
    ['connectors that are torn', { '.mcp.json': '{"mcpServers":{' }, '.mcp.json is not valid JSON'],
  ])('a plugin with %s is refused', async (_, files, says) => {
    await expect(propose(folderOf(plugin('1.1.0', files)))).rejects.toThrow(says);
    await nothing();
  });

  test('a name that is taken for another bars the release', async () => {
    await propose(folderOf(plugin('1.1.0', { '.claude-plugin/plugin.json': '{"name":"de5k-0","version":"1.0.0"}' })));
    const found = await propose(folderOf(plugin('1.1.0', { '.claude-plugin/plugin.json': '{"name":"de5k-o","version":"1.0.0"}' })));
    expect(found.checklist.find(({ item }) => item === 'name')).toMatchObject({ state: 'failed' });
    expect(found.missing.join()).toContain('easily taken for de5k-0');
  });

  test('an address in a private network is fetched from only when that is allowed', async () => {
    await expect(propose('https://127.0.0.1:9/desk.git')).rejects.toThrow('Nothing was fetched');
    await expect(propose('file:///etc')).rejects.toThrow();
    await nothing();
  });
});
