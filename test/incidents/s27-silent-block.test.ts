import { type Code, codes } from '@trapkey/contract/codes.ts';
import { expect } from 'vitest';
import { text } from '../support/e2e-upstream.ts';
import type { Agent, Heard } from './agent.ts';
import type { Fixture, House } from './house.ts';
import { replay } from './replay.ts';
import { elsewhere, noRefusals } from './s27-codes.ts';
import { strict } from './s27-policy.ts';

const held = { to: ['a@customers.example'] };
/** Somebody else: another tool for who was refused before would be another way to the same. */
const later = { to: ['later@customers.example'] };
const schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
/** Mails that are being sent until somebody lets them end. */
const sent: (() => void)[] = [];
const tools = {
  look: {},
  note: {},
  odd: {},
  send: {
    async answer() {
      await new Promise<void>((answered) => sent.push(answered));
      return text('sent');
    },
  },
  soon: {},
  campaign: {},
  nonsense: { outputSchema: schema, answer: () => ({ ...text('n'), structuredContent: { n: 'no number' } }) },
  crash: { answer: (_: unknown, { response }: { readonly response: { destroy(): void } }) => void response.destroy() },
};

const fixture: Fixture = { tools, files: { 'flagged.csv': 'id\nA-1\n' }, policy: (url) => strict(url) };

type Provoke = (house: House, act: Agent) => Promise<Heard>;

const asIs: Partial<Record<Code, Provoke>> = {
  not_offered: (_, act) => act.call('look'),
  read_only: async (house) => (await house.agent('ann@corp.example', 'crm')).call('note'),
  check_failed: (_, act) => act.call('note', { id: 'A-1' }),
  invalid_input: (_, act) => act.call('note', { id: 5 }),
  policy_error: (_, act) => act.call('odd'),
  probe_failed: (_, act) => act.call('campaign'),
  not_in_profile: async (house) => (await house.agent('bob@corp.example', 'crm-act')).call('send', held),
  not_enforceable: async (house) => (await house.agent('ann@corp.example', 'books')).call('query'),
  upstream_failed: async (house) => (await house.agent('ann@corp.example', 'crm')).call('crash'),
  upstream_invalid: async (house) => (await house.agent('ann@corp.example', 'crm')).call('nonsense'),
  async refused_before(house, act) {
    const { ticket } = await act.call('send', held);
    await (await house.person('lee@corp.example')).decide(ticket, { decision: 'refuse', reason: 'Not now.' });
    return await act.call('send', held);
  },
  async ticket_used(house, act) {
    const args = { to: ['slow@customers.example'] };
    const { ticket } = await act.call('send', args);
    await (await house.person('lee@corp.example')).approve(ticket);
    const first = act.call('send', args);
    await expect.poll(() => sent.length, { timeout: 20_000 }).toBe(1);
    const second = await act.call('send', args);
    for (const end of sent.splice(0)) end();
    expect((await first).isError).toBe(false);
    return second;
  },
  async expired(_, act) {
    await act.call('soon', later);
    return await act.call('soon', later);
  },
};

/** These need the world to change; the agent keeps its token. */
const changed: Partial<Record<Code, Provoke>> = {
  async definition_changed(house, act) {
    house.upstream.offer({ ...tools, send: { description: 'Now also posts it on the web.' } });
    await house.restart();
    return await act.call('send', { to: ['c@customers.example'] });
  },
  not_for_person: after({ group: 'nobody' }),
  unknown_plugin: after({ plugin: 'other' }),
  release_not_current: after({ version: '1.0.1' }),
  unknown_connector: after({ connectors: ['crm', 'books'] }),
  frozen: after({ freeze: '{ from: 2020-01-01T00:00Z, to: 2099-01-01T00:00Z, bars: [write] }' }),
  async stopped(house, act) {
    await house.publish(strict(house.upstream.url));
    await house.stop({ kind: 'connector', id: 'crm-act' });
    return await act.call('note', { id: 'B-2' });
  },
};

function after(change: Parameters<typeof strict>[1]): Provoke {
  return async (house, act) => {
    await house.publish(strict(house.upstream.url, change));
    return await act.call('note', { id: 'B-2' });
  };
}

replay('S27: a block that says nothing', fixture, async (house) => {
  const act = await house.agent('ann@corp.example', 'crm-act');
  const lee = await house.person('lee@corp.example');
  const answers: Heard[] = [];
  for (const [code, provoke] of [...Object.entries(asIs), ...Object.entries(changed)]) {
    const heard = await provoke(house, act);
    answers.push(heard);
    // Nothing arrived but the reads that fail there, and the mail that was approved, once.
    const arrived = house.upstream.calls.map(({ name, args }) => `${name} ${args['to'] ?? ''}`.trim());
    const slow = arrived.filter((one) => one === 'send slow@customers.example');
    expect(slow.length).toBeLessThanOrEqual(1);
    expect(arrived.filter((one) => !['crash', 'nonsense', ...slow].includes(one))).toEqual([]);
    const words = new RegExp(`\\(${code}, rule ([^)]+)\\)\\.[^]*\\nWho can change this: (\\S+)\\. Ask: (\\S+)\\.(?: |$)`);
    expect(heard.text, code).toMatch(words);
    expect(heard).toMatchObject({ isError: true, structured: undefined });
    const [, rule = '', owner = '', link = ''] = words.exec(heard.text) ?? [];
    expect(heard.text).toMatch(/^(NOT DONE: [^.]+\. [^(]{20,}|NOT KNOWN WHETHER DONE|DONE, BUT THE RESULT IS WITHHELD)/);
    expect(owner).toMatch(/@corp\.example$/);
    // Where a person can ask whoever owns the rule.
    expect(await lee.open(link)).toMatchObject({ status: 200, text: expect.stringContaining(rule.replaceAll('&', '&amp;')) });
    expect(house.written.filter((entry) => entry.call === heard.decided && entry.code === code)).toMatchObject([
      code.startsWith('upstream') ? { kind: 'executed', rule: 'tier/low' } : { kind: 'decided', rule },
    ]);
  }
  // Who is not let in never made a call; they are told what to do all the same.
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  for (const authorization of [undefined, 'Bearer tk_guessed', `Bearer ${(await house.agent('ann@corp.example', 'crm')).token}`]) {
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const reply = await fetch(`${house.url}/p/desk/1.0.0/crm-act`, { method: 'POST', headers, body });
    expect(reply.status).toBe(401);
    expect(await reply.text()).toMatch(/Not let in: [^.]+\. Nothing was called\. .*trapkey connect/);
  }
  const shown = new Set([...Object.keys(asIs), ...Object.keys(changed), ...Object.keys(elsewhere), ...noRefusals]);
  expect(Object.keys(codes).filter((code) => !shown.has(code))).toEqual([]);
  // Nothing was denied that nobody was told of.
  const told = new Set(answers.map(({ decided }) => decided));
  const denied = house.written.filter(({ kind, verdict, call }) => kind === 'decided' && verdict === 'deny' && call !== undefined);
  expect(denied.filter(({ call }) => !told.has(call))).toEqual([]);
});
