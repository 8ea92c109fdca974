import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertRules } from '../../packages/server/src/kernel/alert-rules.ts';
import type { AlertView } from '../../packages/server/src/kernel/alerts.ts';
import { openDatabase } from '../../packages/server/src/storage/database.ts';
import { proven, startMs } from '../gate/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { did, type Node, openNode, ran, refusal, secret } from './house.ts';
import { httpReceiver } from './receivers.ts';

const minuteMs = 60_000;

describe.each(databases)('alerts on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let web: Awaited<ReturnType<typeof httpReceiver>>;
  let rules: AlertRules;
  let time: { nowMs: number };
  let node: Node;
  const told = () => web.got.map(({ body }) => JSON.parse(body).type as string);
  const all = () => node.alerts.list({ state: 'all' });
  const only = async (): Promise<AlertView> => {
    const list = await all();
    expect(list).toHaveLength(1);
    return list[0] as AlertView;
  };
  const readAndDeliver = async (): Promise<void> => {
    await node.read();
    while ((await node.deliver()) > 0);
  };

  beforeEach(async () => {
    time = { nowMs: startMs };
    at = await fresh();
    web = await httpReceiver();
    rules = { network: 'public', operations: { webhook: { url: `${web.url}/hook`, secret } } };
    node = openNode(at.database, () => rules, time);
  });
  afterEach(async () => {
    await node.close();
    await at.drop();
    await web.close();
  });

  it('make one alert and one message of a flood of 10,000 refusals, and tell later how large it was', async () => {
    for (let i = 0; i < 20; i++) {
      await node.write(Array.from({ length: 500 }, () => refusal('not_in_profile')));
      await readAndDeliver();
    }
    expect(await only()).toMatchObject({ kind: 'out_of_scope', scope: 'plugin:sales connector:crm', count: 10_000, delivery: 'delivered' });
    expect(told()).toEqual(['alert.out_of_scope.opened']);
    const [got] = web.got;
    expect(new Webhook(secret).verify(got?.body ?? '', got?.headers as Record<string, string>)).toMatchObject({
      data: { about: 'alert', link: `https://trapkey.corp.example/alerts/${(await only()).id}` },
    });
    time.nowMs += 16 * minuteMs;
    await readAndDeliver();
    expect(told()).toEqual(['alert.out_of_scope.opened', 'alert.out_of_scope.again']);
    expect(web.got[1]?.body).toContain('10,000 times since');
    time.nowMs += 60 * minuteMs;
    await readAndDeliver();
    expect(web.got).toHaveLength(2);
  });

  it('lose nothing to a crash between opening and sending, and to one before either', async () => {
    await node.write([refusal('read_only'), did('stop.engaged', { subject: 'S-AAAAAAAAAA everything', reason: 'odd mails' })]);
    node.queue.raise({ kind: 'bypass', scope: 'plugin:sales', says: 'A tool ran past the gateway.' });
    let broken = 0;
    const dying = node.observing({
      ...node.recorder,
      commit: (commit) =>
        node.recorder.commit({
          ...commit,
          steps: async (tx) => {
            await commit.steps?.(tx);
            throw new Error(`the machine died (${++broken})`);
          },
        }),
    });
    await expect(dying.step()).rejects.toThrow();
    expect(broken).toBeGreaterThan(0);
    expect(await all()).toEqual([]);
    await node.read();
    expect(await all()).toHaveLength(3);
    expect(web.got).toEqual([]);
    // Another process, which knows nothing but the database.
    const database = await openDatabase(at.address);
    const next = openNode(database, () => rules, time);
    await next.read();
    while ((await next.deliver()) > 0);
    await next.close();
    await database.close();
    expect(told().toSorted()).toEqual(['alert.bypass.opened', 'alert.out_of_scope.opened', 'alert.stop_engaged.opened']);
    await readAndDeliver();
    expect(web.got).toHaveLength(3);
  });

  it('count each occurrence once, however many processes read', async () => {
    const database = await openDatabase(at.address);
    const other = openNode(database, () => rules, time);
    const writing = (async () => {
      for (let i = 0; i < 30; i++) await node.write(Array.from({ length: 7 }, () => refusal('not_offered')));
    })();
    await Promise.all([writing, node.read(), other.read()]);
    await Promise.all([node.read(), other.read()]);
    expect(await only()).toMatchObject({ count: 210 });
    await readAndDeliver();
    expect(told()).toEqual(['alert.out_of_scope.opened']);
    await other.close();
    await database.close();
  });

  it('go from open to acknowledged to resolved, open again, and are muted; each on record', async () => {
    const again = async (many: number) => {
      await node.write(Array.from({ length: many }, () => refusal('not_offered')));
      time.nowMs += 16 * minuteMs;
      await readAndDeliver();
    };
    await again(1);
    const { id } = await only();
    const by = proven('eve@corp.example', ['operator']);
    const act = { alert: id, by, reason: 'looking', via: 'cli' };
    expect(await node.alerts.acknowledge(act)).toMatchObject({ state: 'acknowledged', by: 'eve@corp.example', reason: 'looking' });
    await again(50);
    expect(told()).toEqual(['alert.out_of_scope.opened']);
    await node.alerts.resolve(act);
    await again(1);
    expect(await only()).toMatchObject({ state: 'open', count: 1 });
    expect(told()).toEqual(['alert.out_of_scope.opened', 'alert.out_of_scope.reopened']);
    await node.alerts.mute({ ...act, forMs: 60 * minuteMs });
    await again(100);
    expect(web.got).toHaveLength(2);
    time.nowMs += 60 * minuteMs;
    await again(1);
    expect(told().at(-1)).toBe('alert.out_of_scope.again');
    const entries = await at.database.read.selectFrom('ledger').select('bytes').where('kind', '=', 'admin').orderBy('entry').execute();
    const actions = entries.map(({ bytes }) => JSON.parse(bytes).action as string).filter((action) => action.startsWith('alert.'));
    expect(actions).toEqual(['opened', 'acknowledged', 'resolved', 'reopened', 'muted', 'again'].map((one) => `alert.${one}`));
  });

  it('are for operators, administrators and owners only, with a reason', async () => {
    await node.write([refusal('check_failed', { rule: 'check/crm.set_tier/1' })]);
    await node.read();
    const { id, owner } = await only();
    expect(owner).toBe('revops@corp.example');
    const act = { alert: id, reason: 'x', via: 'cli' };
    await expect(node.alerts.resolve({ ...act, by: proven('ada@corp.example') })).rejects.toThrow('neither operator nor administrator');
    await expect(node.alerts.resolve({ ...act, reason: ' ', by: proven('revops@corp.example') })).rejects.toThrow('A reason is needed');
    expect(await node.alerts.resolve({ ...act, by: proven('revops@corp.example') })).toMatchObject({ state: 'resolved' });
  });

  it('are raised in a transaction exactly when it commits', async () => {
    const raising = (ok: boolean) =>
      node.recorder.commit({
        entries: [],
        steps: async (tx) => {
          await node.raiseIn(tx, { kind: 'breaker_tripped', scope: 'plugin:sales', says: 'A limit tripped.', plugin: 'sales' });
          return ok ? { ok } : { ok, conflict: 'not now' };
        },
      });
    await raising(false);
    await node.read();
    expect(await all()).toEqual([]);
    await raising(true);
    await raising(true);
    await node.read();
    expect(await only()).toMatchObject({ kind: 'breaker_tripped', count: 2, owner: 'm.osei@corp.example' });
  });

  it('end by themselves where the record says that it is over', async () => {
    await node.write([did('stop.engaged', { subject: 'S-AAAAAAAAAA plugin sales', reason: 'odd mails' })]);
    await readAndDeliver();
    expect(await only()).toMatchObject({ state: 'open', says: 'root@corp.example stopped plugin sales: odd mails' });
    await node.write([did('stop.released', { subject: 'S-AAAAAAAAAA plugin sales', reason: 'mended' })]);
    await readAndDeliver();
    expect(await only()).toMatchObject({ kind: 'stop_engaged', state: 'resolved' });
    expect(told()).toEqual(['alert.stop_engaged.opened', 'alert.stop_engaged.resolved']);
  });

  it('tell of large pulls, of more people reached than ever, and of what nobody knows the outcome of', async () => {
    const hourMs = 3_600_000;
    const send = (reach: number, hoursAgo: number) =>
      ran({ connector: 'mail', tool: 'send', effect: 'send', reach, timestamp: new Date(startMs - hoursAgo * hourMs).toISOString() });
    await node.write([send(100, 30), send(90, 3), send(250, 1), ran({ result: { rows: 1_000, bytes: 1, screened: [] } })]);
    await node.read();
    expect(await all()).toEqual([]);
    await node.write([
      ran({ result: { rows: 25_001, bytes: 1, screened: [] } }),
      ...[send(400, 0), send(400, 0)],
      ran({ connector: 'mail', outcome: 'unknown' }),
    ]);
    await node.read();
    const list = await all();
    expect(list.map(({ kind }) => kind).toSorted()).toEqual(['large_pull', 'many_sends', 'outcome_unknown']);
    expect(list.find(({ kind }) => kind === 'large_pull')?.says).toContain('25,001 rows, over the 1,000');
    expect(list.find(({ kind }) => kind === 'many_sends')?.says).toContain('reached 800 people within this hour');
  });

  it('are not multiplied by names that callers make up', async () => {
    await node.write(
      Array.from({ length: 300 }, (_, i) => refusal('unknown_plugin', { plugin: `made-up-${i}@1`, connector: `nowhere-${i}` })),
    );
    await node.read();
    expect(await only()).toMatchObject({ scope: 'plugin:unknown connector:unknown', count: 300 });
  });
});
