import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AlertRules } from '../../packages/server/src/kernel/alert-rules.ts';
import { startMs } from '../gate/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { type Node, openNode, refusal, secret } from './house.ts';
import { httpReceiver, mailReceiver } from './receivers.ts';

const [sqlite] = databases;
let at: FreshDatabase;
let web: Awaited<ReturnType<typeof httpReceiver>>;
let mail: Awaited<ReturnType<typeof mailReceiver>>;
let rules: AlertRules;
let node: Node;
const time = { nowMs: startMs };

beforeEach(async () => {
  if (!sqlite) throw new Error('there is no SQLite');
  [at, web, mail] = [await sqlite.fresh(), await httpReceiver(), await mailReceiver()];
  const email = { smtp: mail.url, from: 'trapkey@corp.example' };
  rules = {
    network: 'public',
    operations: { slack: `${web.url}/slack`, email: { ...email, to: ['ops@corp.example'] } },
    owners: { email: { ...email, to: 'asked' } },
    security: { pagerduty: { key: 'R-KEY', url: `${web.url}/v2/enqueue` }, webhook: { url: `${web.url}/sec`, secret } },
  };
  node = openNode(at.database, () => rules, time);
});
afterEach(async () => {
  await node.close();
  await at.drop();
  await Promise.all([web.close(), mail.close()]);
});
const told = async () => {
  await node.read();
  while ((await node.deliver()) > 0);
  return { web: web.got.map(({ path }) => path).toSorted(), mail: mail.mails.map(({ to }) => to).toSorted() };
};

it('a failed check is told to the owner of the connector only', async () => {
  await node.write([refusal('check_failed', { rule: 'check/crm.set_tier/1' })]);
  expect(await told()).toEqual({ web: [], mail: ['revops@corp.example'] });
  expect(mail.mails[0]?.text).toContain('Rule check/crm.set_tier/1');
});

it('a call out of scope is told to operations, and what got past the gateway to security, as one incident', async () => {
  await node.write([refusal('not_in_profile')]);
  expect(await told()).toEqual({ web: ['/slack'], mail: ['ops@corp.example'] });
  node.queue.raise({ kind: 'equivalent_after_refused', scope: 'plugin:sales', says: 'Tried <again>.' });
  expect((await told()).web).toEqual(['/sec', '/slack', '/v2/enqueue']);
  const alert = (await node.alerts.list({ state: 'all' })).find(({ kind }) => kind === 'equivalent_after_refused');
  expect(JSON.parse(web.got.find(({ path }) => path === '/v2/enqueue')?.body ?? '')).toMatchObject({
    routing_key: 'R-KEY',
    event_action: 'trigger',
    dedup_key: alert?.id,
    payload: { source: 'trapkey' },
    links: [{ href: `https://trapkey.corp.example/alerts/${alert?.id}` }],
  });
});

it('what nobody is set to hear of goes to operations; where nobody is, the list says so', async () => {
  const { operations, ...others } = rules;
  rules = { network: 'public', ...(operations && { operations }) };
  node.queue.raise({ kind: 'bypass', scope: 'plugin:sales', says: 'A tool ran past the gateway.' });
  expect((await told()).mail).toEqual(['ops@corp.example']);
  rules = { network: others.network };
  node.queue.raise({ kind: 'bypass', scope: 'plugin:other', says: 'A tool ran past the gateway.' });
  await told();
  expect((await node.alerts.list({ state: 'all' })).map(({ delivery }) => delivery).toSorted()).toEqual(['delivered', 'none']);
});

it('a dead receiver is seen on the alert, and its news arrive once it is up again', async () => {
  web.state.status = 503;
  await node.write([refusal('read_only')]);
  await told();
  expect(await node.alerts.list({ state: 'open' })).toMatchObject([{ delivery: 'waiting' }]);
  web.state.status = 200;
  time.nowMs += 60_000;
  await told();
  const [alert] = await node.alerts.list({ state: 'open' });
  const shown = await node.alerts.show(alert?.id ?? '');
  expect(shown?.deliveries.map(({ channel, state, attempts }) => `${channel} ${state} ${attempts}`).toSorted()).toEqual([
    'operations/email:ops@corp.example delivered 1',
    'operations/slack delivered 2',
  ]);
});
