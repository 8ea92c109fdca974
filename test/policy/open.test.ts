import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../../packages/server/src/effects/record/keys.ts';
import { proposeTexts, withdrawProposal } from '../../packages/server/src/policy/desk/propose.ts';
import { type OpenPolicy, openPolicy, type PolicyAlarm } from '../../packages/server/src/policy/open.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

const policy = (lines: string): string =>
  `organization: corp\n${lines}---\nconnector: c\ntools: { a: { effect: read }, b: { effect: read } }\n`;
const ada = { person: 'ada@corp.example', roles: ['administrator'] };
const bob = { person: 'bob@corp.example', roles: ['administrator'] };
const cyn = { person: 'cyn@corp.example', roles: ['approver'] };

describe.each(databases)('the policy on $name', ({ fresh }) => {
  let one: FreshDatabase;
  let recorder: OpenRecorder;
  let folder: string;
  let alarms: PolicyAlarm[];

  beforeEach(async () => {
    one = await fresh();
    folder = await mkdtemp(join(tmpdir(), 'trapkey-policy-'));
    recorder = openRecorder({ database: one.database, keys: openKeys(join(folder, '.keys'), { mayCreate: true }) });
    alarms = [];
  });
  afterEach(async () => {
    await recorder.close();
    await one.drop();
    await rm(folder, { recursive: true, force: true });
  });

  let clockMs = 1_790_000_000_000;
  const write = (text: string): Promise<void> => writeFile(join(folder, 'policy.yaml'), text);
  const people = {
    people: [{ id: 'bob@corp.example', active: true, groups: [], region: undefined, manager: undefined, aliases: ['robert@corp.example'] }],
  };
  const parts = () => ({ database: one.database, recorder, env: {}, clock: () => clockMs++, people: () => people });
  const open = (env: Record<string, string> = {}): Promise<OpenPolicy> =>
    openPolicy({ ...parts(), folder, env, onAlarm: (alarm) => alarms.push(alarm) });
  const propose = async (
    opened: OpenPolicy,
    by: { readonly person: string; readonly roles: readonly string[] },
    text: string,
    note = '',
  ) => {
    const { running } = await opened.standing();
    return await proposeTexts(parts(), by, { files: { 'policy.yaml': text }, note, running });
  };
  const digestOf = ({ digest }: { readonly digest: string | null }): string => digest ?? '';
  const actions = async (): Promise<readonly string[]> => {
    const rows = await one.database.read.selectFrom('ledger').select('bytes').where('kind', '=', 'admin').orderBy('entry').execute();
    return rows.map(({ bytes }) => (JSON.parse(bytes) as { action: string }).action);
  };

  test('the first start publishes the folder, later ones keep what is published', async () => {
    await write(policy(''));
    const first = await open();
    await write(policy('solo: true\n'));
    const second = await open();
    expect(second.current().digest).toBe(first.current().digest);
    expect(await actions()).toEqual(['policy.first']);
  });

  test('a folder that does not check, with nothing published, does not start', async () => {
    await write('organization: corp\nsoloo: true\n');
    await expect(open()).rejects.toThrow(/policy\.yaml:2:1 {2}Unknown key `soloo`\. Did you mean `solo`\?/);
    expect(await actions()).toEqual([]);
  });

  test('a folder that breaks leaves the last set running, raises one alarm and one entry', async () => {
    await write(policy(''));
    const opened = await open();
    const before = opened.current();
    await write('organization: corp\nmod: warn\n');
    expect(await opened.checkFolder()).toMatchObject({ status: 'broken', problems: [{ line: 2, nearest: 'mode' }] });
    await opened.checkFolder();
    expect(opened.current()).toBe(before);
    expect(alarms).toHaveLength(1);
    expect(await actions()).toEqual(['policy.first', 'policy.refuse']);
  });

  test('a change that is proved to tighten applies by itself', async () => {
    await write(policy(''));
    const opened = await open();
    await write(policy('').replace(', b: { effect: read }', ''));
    expect(await opened.checkFolder()).toMatchObject({ status: 'tightened' });
    expect([...(opened.current().connectors.get('c')?.tools.keys() ?? [])]).toEqual(['a']);
    expect(await actions()).toEqual(['policy.first', 'policy.tighten']);
  });

  test('anything else waits for two administrators, who are two', async () => {
    await write(policy(''));
    const opened = await open();
    const before = opened.current().digest;
    await write(policy('solo: true\n'));
    expect(await opened.checkFolder()).toMatchObject({ status: 'proposed', fresh: true });
    expect(await opened.checkFolder()).toMatchObject({ status: 'proposed', fresh: false });
    expect(opened.current().digest).toBe(before);
    await expect(opened.apply(cyn)).rejects.toThrow('needs an administrator');
    expect(await opened.apply(ada)).toMatchObject({ status: 'second_person', first: 'ada@corp.example' });
    expect(await opened.apply(ada)).toMatchObject({ status: 'second_person' });
    expect(opened.current().digest).toBe(before);
    expect(await opened.apply(bob)).toMatchObject({ status: 'applied', previous: before, generation: 2 });
    expect(opened.current().organization.solo).toBe(true);
    expect(await actions()).toEqual(['policy.first', 'policy.propose', 'policy.apply.first', 'policy.apply']);
  });

  test('one person is never two administrators, under whatever name they come', async () => {
    const named = policy('') + '---\ndirectory: [{ person: Ada@corp.example, groups: [], aliases: [lovelace@corp.example] }]\n';
    await write(named);
    const opened = await open();
    const looser = named.replace('organization: corp', 'organization: corp\nmode: observe');
    const { digest } = await propose(opened, ada, looser);
    const lovelace = { ...ada, person: 'Lovelace@corp.example' };
    expect(await opened.apply(lovelace)).toMatchObject({ status: 'second_person', first: 'ada@corp.example' });
    expect(await propose(opened, lovelace, looser.replace('observe', 'warn'))).toMatchObject({ status: 'proposed' });
    expect(await opened.apply(ada)).toMatchObject({ status: 'second_person' });
    expect(await opened.apply(bob, { digest: digest ?? '' })).toMatchObject({ status: 'nothing' });
    expect(await opened.apply(bob)).toMatchObject({ status: 'applied' });
    // A name that only the identity provider knows.
    expect(await opened.rollback({ ...bob, person: 'robert@corp.example' })).toMatchObject({ first: 'bob@corp.example' });
    expect(await opened.rollback(bob)).toMatchObject({ status: 'second_person' });
    expect(await opened.rollback(ada)).toMatchObject({ status: 'applied' });
    // Nor does a change make two of one by what it says of names.
    const apart = named.replace(', aliases: [lovelace@corp.example]', '').replace('organization: corp', 'organization: corp\nmode: warn');
    await propose(opened, ada, apart);
    expect(await opened.apply(lovelace)).toMatchObject({ status: 'second_person' });
  });

  test('whoever is deactivated changes nothing', async () => {
    await write(policy('solo: true\n'));
    const gone = {
      ...people.people[0],
      id: 'ada@corp.example',
      active: false,
      groups: [],
      aliases: [],
      region: undefined,
      manager: undefined,
    };
    const opened = await openPolicy({ ...parts(), people: () => ({ people: [gone] }), folder, onAlarm: () => undefined });
    await write(policy('solo: true\nmode: observe\n'));
    await opened.checkFolder();
    await expect(opened.apply(ada)).rejects.toThrow('is deactivated');
    expect(opened.current().organization.mode).toBe('enforce');
  });

  test('what was withdrawn does not wait, and is not published by who looked at it before; a rollback is one, too', async () => {
    await write(policy(''));
    const opened = await open();
    const first = opened.current().digest;
    await write(policy('').replace(', b: { effect: read }', ''));
    await opened.checkFolder();
    await opened.rollback(ada);
    expect(await withdrawProposal(parts(), bob, first)).toMatchObject({ status: 'withdrawn' });
    expect(await opened.apply(bob)).toMatchObject({ status: 'nothing' });
    expect(await opened.rollback(bob)).toMatchObject({ status: 'second_person', first: 'bob@corp.example' });
    await withdrawProposal(parts(), bob, first);
    const proposed = await propose(opened, ada, policy('mode: observe\n'));
    expect(await withdrawProposal(parts(), ada, first)).toMatchObject({ status: 'nothing' });
    const racing = await Promise.all([withdrawProposal(parts(), ada, digestOf(proposed)), opened.apply(bob)]);
    const published = (await opened.standing()).running.startsWith(digestOf(proposed));
    expect(racing.map(({ status }) => status)).toEqual(
      published ? [expect.stringMatching(/refused|nothing/), 'applied'] : ['withdrawn', expect.stringMatching(/refused|nothing/)],
    );
    const note = await propose(opened, ada, policy('mode: warn\n'), 'policy.rollback');
    expect(note).toMatchObject({ status: 'refused', says: expect.stringContaining('A note cannot be') });
  });

  test('an act is about what was looked at: after another policy ran, it changes nothing', async () => {
    await write(policy('solo: true\n'));
    const opened = await open();
    const before = opened.current().digest;
    await write(policy('solo: true\nmode: observe\n'));
    await opened.checkFolder();
    const { running } = await opened.standing();
    await opened.apply(ada, { running });
    await expect(opened.apply(ada, { running })).rejects.toThrow('Another policy runs meanwhile');
    const { previous: digest, running: now } = await opened.standing();
    expect(await opened.rollback(ada, { digest, running: now })).toMatchObject({ status: 'applied', digest: before });
    await expect(opened.rollback(ada, { digest, running: now })).rejects.toThrow('Another policy runs meanwhile');
    await expect(opened.rollback(ada, { digest })).rejects.toThrow('Another policy runs meanwhile');
    const stale = proposeTexts(parts(), ada, { files: { 'policy.yaml': policy('solo: true\nmode: warn\n') }, note: '', running: now });
    await expect(stale).rejects.toThrow('Another policy runs meanwhile');
    expect(opened.current().digest).toBe(before);
  });

  test('a yes to one change is no yes to the next', async () => {
    await write(policy(''));
    const opened = await open();
    await write(policy('solo: true\n'));
    await opened.checkFolder();
    await opened.apply(ada);
    await write(policy('solo: true\nmode: observe\n'));
    await opened.checkFolder();
    expect(await opened.apply(bob)).toMatchObject({ status: 'second_person', first: 'bob@corp.example' });
    await write(policy('solo: true\n'));
    await opened.checkFolder();
    expect(await opened.apply(bob)).toMatchObject({ status: 'second_person', first: 'bob@corp.example' });
  });

  test('one administrator is enough where the running set is solo', async () => {
    await write(policy('solo: true\n'));
    const opened = await open();
    await write(policy('solo: true\nmode: observe\n'));
    await opened.checkFolder();
    expect(await opened.apply(ada)).toMatchObject({ status: 'applied' });
    expect(await opened.apply(ada)).toMatchObject({ status: 'nothing' });
  });

  test('a look at the folder waits until it was brought in line with what was published', async () => {
    await write(policy('solo: true\n'));
    const opened = await open();
    const looser = policy('solo: true\nmode: observe\n');
    await write(looser);
    await opened.checkFolder();
    await write(policy('solo: true\n'));
    let looking: Promise<unknown> = Promise.resolve();
    await opened.undisturbed(async () => {
      expect(await opened.apply(ada)).toMatchObject({ status: 'applied' });
      looking = opened.checkFolder();
      await write(looser);
    });
    expect(await looking).toEqual({ status: 'same' });
    expect(await actions()).toEqual(['policy.first', 'policy.propose', 'policy.apply']);
  });

  test('a rollback goes back, and the folder does not undo it', async () => {
    await write(policy('solo: true\n'));
    const opened = await open();
    const before = opened.current().digest;
    await write(policy('solo: true\n').replace(', b: { effect: read }', ''));
    await opened.checkFolder();
    expect(await opened.rollback(ada)).toMatchObject({ status: 'applied', digest: before });
    expect(await opened.checkFolder()).toMatchObject({ status: 'proposed' });
    expect(opened.current().digest).toBe(before);
  });

  test('a rollback that loosens needs a second person too, and looking at the folder does not end it', async () => {
    await write(policy(''));
    const opened = await open();
    const before = opened.current().digest;
    await write(policy('').replace(', b: { effect: read }', ''));
    await opened.checkFolder();
    expect(await opened.rollback(ada)).toMatchObject({ status: 'second_person' });
    await opened.checkFolder();
    expect(await opened.rollback(ada)).toMatchObject({ status: 'second_person' });
    expect(await opened.rollback(bob)).toMatchObject({ status: 'applied', digest: before });
  });

  test('another process sees what was applied', async () => {
    await write(policy('solo: true\n'));
    const opened = await open();
    const other = await open();
    await write(policy('solo: true\nmode: warn\n'));
    await other.checkFolder();
    await other.apply(ada);
    expect(opened.current().organization.mode).toBe('enforce');
    await opened.refresh();
    expect(opened.current().organization.mode).toBe('warn');
  });

  test('two who apply at once publish once', async () => {
    await write(policy('solo: true\n'));
    const [opened, other] = [await open(), await open()];
    await write(policy('solo: true\nmode: warn\n'));
    await opened.checkFolder();
    const said = await Promise.all([opened.apply(ada), other.apply(bob)]);
    expect(said.map(({ status }) => status).filter((status) => status === 'applied')).toHaveLength(1);
    const pointer = await one.database.read.selectFrom('policy_pointer').selectAll().executeTakeFirstOrThrow();
    expect(Number(pointer.generation)).toBe(2);
  });

  test('what is stored holds no environment value', async () => {
    const connection =
      '---\nconnection: c\nowner: o\nupstream: { url: "https://x.example", headers: { authorization: "$' + '{env:TOKEN}" } }\n';
    await write(policy('') + connection);
    await open({ TOKEN: 'secret-4821' });
    const stored = await one.database.read.selectFrom('policies').select('files').executeTakeFirstOrThrow();
    expect(stored.files).not.toContain('secret-4821');
    await expect(open({})).rejects.toThrow('does not check on this machine');
  });
});
