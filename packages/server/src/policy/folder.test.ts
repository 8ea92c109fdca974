import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadFolder } from './folder.ts';

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
