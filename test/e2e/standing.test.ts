// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the policy's own way to name an environment variable
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAs, entriesOf, type House, openHouse, until } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { ann, as, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

const schema = { type: 'object', properties: { to: { type: 'array' }, subject: { type: 'string' } } };
const env = { HOOK: 'https://127.0.0.1:9/hook', KEY: Buffer.alloc(32, 7).toString('base64') };
const alerts = 'alerts: { approvals: { webhook: { url: "${env:HOOK}", secret: "${env:KEY}" } } }';

let upstream: RecordingUpstream;
let house: House;
let agent: Client;
let code: string;

beforeAll(async () => {
  upstream = await startUpstream({ look: {}, slow: {}, note: {}, slow_note: {}, send: { inputSchema: schema } });
  house = openHouse({ 'corp.yaml': corp(upstream.url, '', alerts) }, env);
  const gateway = await house.serve({ command: ['up', '--admin', boss] });
  code = gateway.code;
  const servers = await connectAs(house, 'sales', code, ['--as', boss, '--person', ann]);
  agent = await connect(servers['sales-crm-act']);
});
afterAll(async () => {
  await agent?.close();
  house?.remove();
  await upstream?.close();
});

const run = (...words: readonly string[]) => house.run(words, { input: code });
const send = (subject: string, count = 1) =>
  call(agent, 'send', { to: Array.from({ length: count }, (_, i) => `p${i}@corp.example`), subject });
const json = async <T>(...words: readonly string[]): Promise<T> => JSON.parse((await run(...words, '--json')).out) as T;

it('a grant made from a ticket lets as many run as it says, is listed, and ends when it is revoked', async () => {
  const ticket = String((await send('spring')).decision?.['ticket']);
  const early = await run('grants', 'make', '--from', ticket, '--count', '2', '--expires', '30d', '--because', 'weekly', ...as(boss));
  expect(early).toMatchObject({ status: 2, err: expect.stringContaining('did not approve') });
  await run('approvals', 'approve', ticket, ...as(boss));
  expect((await send('spring')).isError).toBe(false);
  const bounds = [
    '--bounds',
    'args.subject.startsWith("weekly")',
    '--count',
    '2',
    '--period',
    '1d',
    '--expires',
    '30d',
    '--because',
    'weekly mail',
  ];
  const made = await json<{ readonly id: string }>('grants', 'make', '--from', ticket, ...bounds, ...as(boss));
  expect(made.id).toMatch(/^G-[0-9A-Z]{10}$/);
  // A call that waits already goes on waiting, so each try is another.
  let tries = 0;
  await until('the gateway heard of the grant', async () => ((await send(`weekly ${tries++}`)).isError ? undefined : true));
  expect((await send('weekly two')).isError).toBe(false);
  expect((await send('weekly three')).text).toContain('NOT DONE: held for approval');
  expect(await json('grants', 'list')).toMatchObject([{ id: made.id, used: 2, countMax: 2, reachMax: 1 }]);
  const granted = (await entriesOf(house, 'code:granted')).filter(({ kind }) => kind === 'executed');
  expect(granted.map(({ approval }) => approval)).toEqual([`grant:${made.id}`, `grant:${made.id}`]);
  expect((await run('grants', 'revoke', made.id, '--reason', 'over', ...as(boss))).out).toContain('asks a person again');
  expect(await json('grants', 'list')).toEqual([]);
});

it('the sentence says what is beyond the usual; what cannot be delivered is shown', async () => {
  const held = await send('everyone', 9);
  expect(held.text).toContain('mail 9 people about everyone, in production. It cannot be undone. That is 9× the largest in 30 days, 1.');
  const waiting = await until('a try failed', async () => {
    const messages = await json<readonly { readonly event: string; readonly error?: string }[]>('messages', 'list');
    return messages.some(({ error }) => error !== undefined) ? messages : undefined;
  });
  expect(waiting.find(({ error }) => error !== undefined)).toMatchObject({
    channel: 'approvals/webhook',
    error: expect.stringContaining('refused'),
  });
  expect(JSON.stringify(waiting)).not.toContain('/hook');
});

it('requests are opened and answered, drills seeded and counted, from the command line', async () => {
  const asked = await run('requests', 'open', '--rule', 'check/crm-act.send/1', '--because', 'more than ten', ...as(boss));
  expect(asked.out).toMatch(/^Opened Q-[0-9A-Z]{10}; revops@corp\.example can answer it\./);
  expect(await json('requests', 'list')).toMatchObject([{ person: boss, text: 'more than ten', state: 'open' }]);
  const seeded = await run('drill', 'crm-act.send', '--plugin', 'sales', '--for', ann, '--reach', '400', ...as(boss));
  const [drill = ''] = /TK-[0-9A-Z]{10}/.exec(seeded.out) ?? [];
  await run('approvals', 'approve', drill, ...as(boss));
  expect(await json('approvals', 'quality')).toMatchObject({
    drills: { asks: 1, granted: 1, refused: 0, undecided: 0 },
    rules: [{ granted: 1 }],
  });
});
