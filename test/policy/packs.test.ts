import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyJsonSchema } from '@trapkey/contract/policy/documents.ts';
import { describe, expect, test } from 'vitest';
import { checkPolicy } from '../../packages/server/src/policy/desk.ts';
import { decideCase } from '../../packages/server/src/wire-redecide.ts';

const root = join(import.meta.dirname, '../..');
const env = {
  TRAPKEY_STARTER_NODE: '/usr/bin/node',
  TRAPKEY_STARTER_SERVERS: '/srv/modules',
  TRAPKEY_STARTER_SAMPLES: '/srv/samples',
  TRAPKEY_CONFORMANCE_URL: 'http://127.0.0.1:9/mcp',
};
const check = (folder: string) => checkPolicy({ folder, env, decideCase, nowMs: Date.UTC(2026, 11, 1) });

describe('the starter pack', () => {
  test('does what its cases say', async () => {
    const { errors, cases } = await check(join(root, 'policies/starter'));
    expect({ errors, failed: cases.filter(({ passed }) => !passed) }).toEqual({ errors: [], failed: [] });
    expect(cases.length).toBeGreaterThanOrEqual(12);
  });

  test('is warned about only for what it knows', async () => {
    const { warnings } = await check(join(root, 'policies/starter'));
    expect(warnings).toEqual([
      'No entitlement names these connectors, so they are open to whoever may use their plugin: everything, files, files-act, memory, memory-act.',
      'Connector everything offers every resource or prompt ("*").',
    ]);
  });

  test('a case that no longer holds fails, with its line and what came instead', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trapkey-pack-'));
    try {
      await cp(join(root, 'policies/starter'), folder, { recursive: true });
      const file = join(folder, 'files.yaml');
      const text = await readFile(file, 'utf8');
      expect(text).toContain('reversible: true');
      await writeFile(file, text.replace(/ {4}reversible: true .*\n/, '').replace(', files-act.write_file: unattended', ''));
      const organization = join(folder, 'organization.yaml');
      await writeFile(organization, (await readFile(organization, 'utf8')).replace('files-act.write_file: unattended, ', ''));
      const { errors, cases } = await check(folder);
      expect(errors).toEqual([]);
      expect(cases.filter(({ passed }) => !passed)).toMatchObject([
        {
          file: 'starter.cases.yaml',
          line: 9,
          name: 'A small note is written without asking',
          says: expect.stringContaining('verdict is hold, expected allow'),
        },
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

test('the allow-all pack says of itself that it is too wide', async () => {
  const { errors, warnings } = await check(join(root, 'policies/allow-all'));
  expect(errors).toEqual([]);
  expect(warnings.join('\n')).toContain('offers every tool that its upstream has or will have');
});

test('the published schema is the one in use', async () => {
  const published = await readFile(join(root, 'docs/policy.schema.json'), 'utf8');
  expect(published, 'run `npm run trapkey -- policy schema > docs/policy.schema.json`').toBe(
    `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
  );
});
