import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FolderMemory, loadFolder } from './folder.ts';

const packs = join(import.meta.dirname, '../../../../policies');
const env = {
  TRAPKEY_STARTER_NODE: '/usr/bin/node',
  TRAPKEY_STARTER_SERVERS: '/srv/modules',
  TRAPKEY_STARTER_SAMPLES: '/srv/samples',
  TRAPKEY_CONFORMANCE_URL: 'http://127.0.0.1:9/mcp',
};

test('the starter pack compiles', async () => {
  const loaded = await loadFolder(join(packs, 'starter'), env);
  expect(loaded).toMatchObject({ ok: true });
  if (!loaded.ok) return;
  expect([...loaded.set.connectors.keys()]).toEqual(['everything', 'files', 'files-act', 'memory', 'memory-act']);
  expect(loaded.set.connectors.get('everything')?.tools.has('get-env')).toBe(false);
  expect(loaded.set.connections.get('files')?.upstream).toMatchObject({
    kind: 'stdio',
    command: ['/usr/bin/node', expect.stringContaining('/srv/modules/@'), '/srv/samples'],
  });
  expect(loaded.set.organization.solo).toBe(true);
  expect(Object.keys(loaded.cases)).toEqual(['starter.cases.yaml']);
});

test('the allow-all pack compiles', async () => {
  const loaded = await loadFolder(join(packs, 'allow-all'), env);
  expect(loaded).toMatchObject({ ok: true });
});

test('a set with a variable that is not set is refused whole, and its value is in no message', async () => {
  const loaded = await loadFolder(join(packs, 'starter'), { ...env, TRAPKEY_STARTER_SAMPLES: undefined });
  expect(loaded).toMatchObject({
    ok: false,
    problems: [{ file: 'files.yaml', line: 5, says: 'The environment variable TRAPKEY_STARTER_SAMPLES is not set' }],
  });
  expect(JSON.stringify(loaded)).not.toContain('/srv/modules');
});

test('an unchanged folder is compiled once; a byte changed in a document, a list or a case is seen', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trapkey-folder-'));
  try {
    await cp(join(packs, 'starter'), folder, { recursive: true });
    await writeFile(join(folder, 'more.yaml'), 'organization: corp\nlists: { closed: closed.csv }\n');
    await writeFile(join(folder, 'closed.csv'), 'SO-1\n');
    await writeFile(join(folder, 'more.cases.yaml'), '');
    const memory: FolderMemory = { last: undefined };
    let before = await loadFolder(folder, env, memory);
    expect(await loadFolder(folder, env, memory)).toBe(before);
    for (const [name, text] of [
      ['closed.csv', 'SO-2\n'],
      ['more.cases.yaml', '# none\n'],
      ['more.yaml', 'organization: corq\nlists: { closed: closed.csv }\n'],
    ] as const) {
      await writeFile(join(folder, name), text);
      const after = await loadFolder(folder, env, memory);
      expect(after).not.toBe(before);
      before = after;
    }
    await rm(join(folder, 'closed.csv'));
    expect(await loadFolder(folder, env, memory)).not.toBe(before);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
