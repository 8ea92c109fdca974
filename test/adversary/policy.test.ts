import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { compileSchema } from '../../packages/server/src/kernel/schema.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';
import { diffSets } from '../../packages/server/src/policy/diff/diff.ts';
import { loadFolder } from '../../packages/server/src/policy/folder.ts';
import { ask, openHouse, said } from './house.ts';

const connector = (more: JsonObject, mail: JsonObject = {}): JsonObject => ({
  connector: 'c',
  access: 'read-write',
  because: 'tests',
  tools: { look: { effect: 'read' }, mail: { effect: 'send', ...mail } },
  resources: ['file:///public/*'],
  ...more,
});

describe('observing', () => {
  test('a rule that observes hides no rule that holds', async () => {
    const house = await openHouse({ documents: [connector({ mode: 'observe', requires_approval: true }, { mode: 'enforce' })] });
    const ann = await house.tokenOf('ann@o.example');
    expect(said(await ask(house, ann, 'tools/call', { name: 'mail' }))).toContain('held for approval');
    expect(house.upstream.effects()).toEqual([]);
    expect(house.written.find(({ verdict }) => verdict === 'hold')?.would).toMatchObject([{ rule: 'connector/c/requires_approval' }]);
  });

  test('identity, input, definitions and addresses are enforced all the same', async () => {
    const house = await openHouse({
      documents: [
        { organization: 'o', owner: 'root@o.example', mode: 'observe' },
        connector({}),
        { plugin: 'p', owner: 'own@o.example', for: ['ann@o.example'], release: { version: '1' }, connectors: ['c'] },
      ],
      tools: [
        { name: 'look', inputSchema: { type: 'object', properties: { n: { type: 'integer' } } } },
        { name: 'trapkey_list', inputSchema: { type: 'object' } },
      ],
    });
    const ann = await house.tokenOf('ann@o.example');
    for (const params of [{ name: 'look', arguments: { n: 'x' } }, { name: 'unknown' }])
      expect((await ask(house, ann, 'tools/call', params)).body.result?.['isError'], params.name).toBe(true);
    // Answered by the gateway's own tool of that name; the upstream's is never reached, as the last line says.
    await ask(house, ann, 'tools/call', { name: 'trapkey_list' });
    expect((await ask(house, ann, 'resources/read', { uri: 'file:///public/../x' })).body.error).toBeDefined();
    await expect(house.tokenOf('bob@o.example')).rejects.toThrow('does not include');
    expect(house.upstream.effects()).toEqual([]);
  });
});

/** Whether a change from one connector or organization to another would apply without anybody. */
function appliesByItself(before: readonly JsonObject[], after: readonly JsonObject[]): boolean {
  const [was, is] = [before, after].map((documents) => {
    const text = documents.map((document) => stringify(document)).join('---\n');
    const set = compileSet({ 'p.yaml': text, 'l.csv': 'a\nb\n', 'm.csv': 'a\n' }, {});
    if (!set.ok) throw new Error(JSON.stringify(set.problems));
    return set;
  });
  return was !== undefined && is !== undefined && diffSets(was, is).tightens;
}

const org = (more: JsonObject = {}): JsonObject => ({ organization: 'o', owner: 'a', ...more });
const approvals = (more: JsonObject) => ({ approvals: { approvers: ['x', 'y'], needs: 1, expires: '1h', ...more } });
const check = (rule: string, more: JsonObject = {}) => ({ rule, says: 'No.', ...more });

test.each<readonly [string, readonly JsonObject[], readonly JsonObject[]]>([
  ['an approval rule goes', [org(), connector({}, approvals({}))], [org(), connector({})]],
  ['approvers are others', [org(), connector({}, approvals({}))], [org(), connector({}, approvals({ approvers: ['x', 'z'] }))]],
  ['fewer approvals, sooner over', [org(), connector({}, approvals({ needs: 2 }))], [org(), connector({}, approvals({ expires: '1m' }))]],
  [
    'checks trade places',
    [org(), connector({}, { check: [check('true'), check('false')] })],
    [org(), connector({}, { check: [check('false'), check('true')] })],
  ],
  [
    'a check observes, another is added',
    [org(), connector({}, { check: [check('false')] })],
    [org(), connector({}, { check: [check('false', { mode: 'observe' }), check('true')] })],
  ],
  [
    'a check is reworded into another',
    [org(), connector({}, { check: [check('args.n < 3')] })],
    [org(), connector({}, { check: [check('args.n < 9')] })],
  ],
  [
    'an overlay is exchanged',
    [org(), connector({}, { arguments: { type: 'object' } })],
    [org(), connector({}, { arguments: { required: ['x'] } })],
  ],
  ['an effect is milder', [org(), connector({}, { effect: 'send' })], [org(), connector({}, { effect: 'read' })]],
  ['the reach rule goes', [org(), connector({}, { reach: '5' })], [org(), connector({})]],
  ['a list loses a value', [org({ lists: { l: 'l.csv' } })], [org({ lists: { l: 'm.csv' } })]],
  ['what is inside grows', [org({ inside: { domains: ['a.example'] } })], [org({ inside: { domains: ['a.example', 'b.example'] } })]],
  ['a mode goes soft', [org({ mode: 'enforce' })], [org({ mode: 'warn' })]],
  [
    'a tool named like a keyword of the list is softened',
    [org(), { ...connector({}), tools: { arguments: { effect: 'send' } } }],
    [org(), { ...connector({}), tools: { arguments: { effect: 'read' } } }],
  ],
  ['something tightens while something else loosens', [org({ solo: true })], [org({ solo: false, mode: 'observe' })]],
  ['the tiers lose a word', [org({ tiers: { high: ['write'] } })], [org()]],
  [
    'a freeze moves',
    [org({ freeze: [{ from: '2026-01-01', to: '2027-01-01', bars: ['send'] }] })],
    [org({ freeze: [{ from: '2026-06-01', to: '2027-01-01', bars: ['send', 'pay'] }] })],
  ],
])('a set does not apply by itself when %s', (_, before, after) => {
  expect(appliesByItself(before, after)).toBe(false);
});

test('a policy folder may link inside itself, and never out of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-links-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const policy = join(folder, 'policy');
  mkdirSync(join(policy, '..data'), { recursive: true });
  writeFileSync(join(policy, '..data', 'p.yaml'), stringify(org()));
  writeFileSync(join(folder, 'secret.yaml'), 'password: hunter2\n');
  symlinkSync('..data/p.yaml', join(policy, 'p.yaml'));
  expect(await loadFolder(policy, {})).toMatchObject({ ok: true });
  symlinkSync('../secret.yaml', join(policy, 'q.yaml'));
  const refused = await loadFolder(policy, {});
  expect(refused).toMatchObject({ ok: false });
  expect(JSON.stringify(refused)).toContain('leads out of the policy folder');
  expect(JSON.stringify(refused)).not.toMatch(/password|hunter2/);
});

test('a list in the arguments is looked through once, however long', () => {
  const validate = compileSchema({ type: 'object', properties: { list: { type: 'array', uniqueItems: true } } });
  const list = Array.from({ length: 200_000 }, (_, a) => ({ a, b: [a] }));
  expect(validate({ list })).toBeUndefined();
  expect(validate({ list: [...list, { b: [7], a: 7 }] })).toContain('duplicate');
}, 20_000);
