import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '@trapkey/contract/entry.ts';
import { expect, it } from 'vitest';
import { explain } from '../../packages/server/src/effects/record/explain.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';

/** The starter policy that ships in the box. */
function starter(): PolicySet {
  const folder = join(import.meta.dirname, '../../policies/starter');
  const files = Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => [join(file.parentPath, file.name).slice(folder.length + 1), readFileSync(join(file.parentPath, file.name), 'utf8')]),
  );
  const compiled = compileSet(files, {
    TRAPKEY_STARTER_NODE: 'node',
    TRAPKEY_STARTER_SERVERS: '/servers',
    TRAPKEY_STARTER_SAMPLES: '/samples',
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.set;
}

it('names the changes of the policy of that time that would have stopped an allowed call', async () => {
  const policy = starter();
  const connector = [...policy.connectors.values()].find(
    ({ access, tools }) => access === 'read-write' && [...tools.values()].some(({ effect }) => effect !== 'read'),
  );
  const tool = [...(connector?.tools.values() ?? [])].find(({ effect }) => effect !== 'read');
  const plugin = [...policy.plugins.values()].find(({ connectors }) => connectors.includes(connector?.id ?? ''));
  if (!connector || !tool || !plugin) throw new Error('the starter policy writes nowhere');
  const about = {
    timestamp: '2026-06-06T14:00:00.000Z',
    call: 'C1',
    connector: connector.id,
    tool: tool.name,
    plugin: `${plugin.id}@${plugin.version}`,
    policy: policy.digest,
    on_behalf_of: 'j.rivera@corp.example',
  } as const;
  const entries: readonly Entry[] = [
    { ...about, entry: 0, kind: 'requested' },
    {
      ...about,
      entry: 1,
      kind: 'decided',
      verdict: 'allow',
      code: 'unattended',
      rule: 'autonomy',
      effect: tool.effect,
      tier: 'medium',
      reach: 12,
      destination: 'outside',
      would: [{ verdict: 'deny', code: 'check_failed', rule: 'mail/quiet-hours', mode: 'warn' }],
    },
    { ...about, entry: 2, kind: 'executed', verdict: 'allow', code: 'unattended', outcome: 'done' },
  ];
  const asked: string[] = [];
  const explained = await explain('C1', entries, async (digest) => {
    asked.push(digest);
    return policy;
  });
  expect(asked).toEqual([policy.digest]);
  expect(explained).toMatchObject({
    verdict: 'allow',
    rule: 'autonomy',
    outcome: 'done',
    facts: { reach: 12, destination: 'outside', tier: 'medium' },
    entries: [0, 1, 2],
  });
  expect(explained?.says).toContain('Rule mail/quiet-hours, in mode warn, would have said deny (check_failed).');
  const changes = explained?.would_stop?.map(({ change }) => change) ?? [];
  expect(changes).toEqual(
    expect.arrayContaining([
      'mode: enforce instead of warn',
      'access: read-only',
      `autonomy: ${connector.id}.${tool.name}: approve`,
      'check: reach < 12',
      'check: destination == "inside"',
      `leave out tool ${tool.name}`,
    ]),
  );
  expect((await explain('C1', entries, async () => undefined))?.would_stop).toBeUndefined();
  expect(await explain('C2', [], async () => policy)).toBeUndefined();
});
