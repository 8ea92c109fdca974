import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formTokens } from '../../packages/server/src/access/sessions/forms.ts';
import { openApi } from '../../packages/server/src/api/app.ts';
import type { AlertRules } from '../../packages/server/src/kernel/alert-rules.ts';
import type { TicketSummary } from '../../packages/server/src/kernel/approvals.ts';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import { deliver } from '../../packages/server/src/messages/deliver.ts';
import type { MessageRow } from '../../packages/server/src/messages/store.ts';
import { bodyOf } from '../../packages/server/src/messages/text.ts';
import { slackRoutes } from '../../packages/server/src/stages/gate/slack/routes.ts';
import { callOf, entriesOf, keys, startMs } from '../gate/desk.ts';
import { deletion, type Node, openNode } from '../gate/node.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

const secret = 'a signing secret of the test';
const edit = {
  'search_contacts: { effect: read }': 'search_contacts: { effect: read, requires_approval: true }',
  '{ person: k.lind@corp.example, groups: [managers, marketing-leads] }':
    '{ person: k.lind@corp.example, groups: [managers, marketing-leads], aliases: ["slack/U0LIND"] }',
  'aliases: [jr@corp.example]': 'aliases: [jr@corp.example, "slack/U0RIVERA"]',
};

describe.each(databases)('buttons in Slack on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let node: Node;
  let close: () => Promise<void>;
  let url = '';
  let posted: (readonly [string, string])[];

  beforeEach(async () => {
    at = await fresh();
    node = await openNode(at.address, () => startMs, edit);
    posted = [];
    const routes = slackRoutes({
      signingSecret: secret,
      approvals: node.approvals,
      policy: () => node.policy,
      roles: async () => ['approver'],
      post: async (address, { body }) => {
        posted.push([address, String(body)]);
        return new Response('ok');
      },
    });
    const api = openApi({
      routes,
      sessions: { find: async () => undefined },
      forms: formTokens(keys),
      clock: () => startMs,
      publicUrl: () => url,
      log: () => undefined,
    });
    const server = createServer(api);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
  });
  afterEach(async () => {
    await close();
    await node.close();
    await at.drop();
  });

  const low = (): Call => {
    const call = callOf(startMs);
    const credential = { ...call.credential, person: 'j.rivera@corp.example', audience: '/p/sales/2.1.0/crm' };
    return { ...call, endpoint: { ...call.endpoint, connector: 'crm' }, name: 'search_contacts', args: { region: 'EMEA' }, credential };
  };
  const held = async (call: Call = low()): Promise<string> => {
    const handled = await node.handle(call);
    if (handled.kind !== 'held') throw new Error(JSON.stringify(handled));
    return handled.ticket.id;
  };
  const state = async (ticket: string) => (await node.approvals.find(ticket))?.state;

  interface Press {
    readonly ticket: string;
    readonly user?: string;
    readonly action?: string;
    readonly atMs?: number;
    readonly key?: string;
    readonly responseUrl?: string;
    /** What is sent in place of what was signed. */
    readonly swap?: (body: string) => string;
    readonly more?: object;
  }

  /** As Slack sends it: a form with one field, signed over version, time and bytes. */
  const press = async ({
    ticket,
    user = 'U0LIND',
    action = 'trapkey_approve',
    atMs = startMs,
    key = secret,
    responseUrl,
    swap,
    more,
  }: Press) => {
    const payload = {
      type: 'block_actions',
      user: { id: user, username: 'somebody', team_id: 'T1' },
      api_app_id: 'A1',
      actions: [{ action_id: action, block_id: 'b', type: 'button', value: ticket }],
      ...(responseUrl !== undefined && { response_url: responseUrl }),
      ...more,
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const timestamp = String(Math.floor(atMs / 1_000));
    const signature = `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    };
    const reply = await fetch(`${url}/api/slack/interactions`, { method: 'POST', headers, body: swap?.(body) ?? body });
    return { status: reply.status, says: ((await reply.json()) as { text?: string }).text ?? '' };
  };

  it('confirm a call of the low tier for the human whom the directory knows, who is on record', async () => {
    const ticket = await held();
    const responseUrl = 'https://hooks.slack.com/actions/T1/2/x';
    expect(await press({ ticket, responseUrl })).toEqual({ status: 200, says: `${ticket} is approved.` });
    expect((await entriesOf(node)).find(({ kind }) => kind === 'approved')).toMatchObject({ ticket, actor: 'trapkey-slack' });
    expect((await node.approvals.find(ticket))?.approvals).toMatchObject([{ person: 'k.lind@corp.example', kind: 'human' }]);
    expect(posted).toEqual([[responseUrl, expect.stringContaining('is approved')]]);
    // The same bytes again decide nothing more.
    expect((await press({ ticket })).says).toContain('cannot be decided again');
    const other = await held({ ...low(), args: { region: 'APAC' } });
    await press({ ticket: other, action: 'trapkey_refuse', responseUrl: 'https://evil.example/x' });
    expect(await state(other)).toBe('refused');
    expect(posted).toHaveLength(1);
  });

  it('decide nothing for who asked, for strangers, or above the low tier', async () => {
    const ticket = await held();
    expect((await press({ ticket, user: 'U0RIVERA' })).says).toContain('Nothing was changed');
    expect((await press({ ticket, user: 'U0STRANGER' })).says).toContain('slack/U0STRANGER');
    expect(await state(ticket)).toBe('held');
    const high = await held(deletion(startMs));
    expect((await press({ ticket: high })).says).toContain('not of the low tier');
    expect(await state(high)).toBe('held');
    expect((await press({ ticket: 'TK-AAAAAAAAAA' })).says).toContain('no such ticket');
  });

  it('take only what Slack signed just now, whole', async () => {
    const ticket = await held();
    const wrong: readonly Press[] = [
      { ticket, key: 'another secret' },
      { ticket, atMs: startMs - 6 * 60_000 },
      { ticket, atMs: startMs + 6 * 60_000 },
      { ticket, swap: (body) => `${body}&x=1` },
      { ticket, user: 'U0RIVERA', swap: (body) => body.replace('U0RIVERA', 'U0LIND') },
    ];
    for (const one of wrong) expect((await press(one)).status).toBe(401);
    for (const missing of ['x-slack-signature', 'x-slack-request-timestamp']) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', [missing]: 'v0=1' };
      expect((await fetch(`${url}/api/slack/interactions`, { method: 'POST', headers, body: 'payload={}' })).status).toBe(401);
    }
    expect((await press({ ticket, action: 'something_else' })).status).toBe(400);
    expect((await press({ ticket, more: { type: 'view_submission' } })).status).toBe(400);
    expect(await state(ticket)).toBe('held');
  });
});

describe('a message in Slack', () => {
  const alerts = { network: 'public', approvals: { slack: 'https://hooks.slack.com/services/x' } } as unknown as AlertRules;
  const buttonsOf = async (tier: string, buttons: boolean, event: 'held' | 'approved' = 'held') => {
    const ticket = {
      id: 'TK-AAAAAAAAAA',
      person: 'a',
      release: 'p@1',
      sentence: 's',
      rule: 'r',
      tier,
      reach: 1,
      approvals: [],
      needs: 1,
      expiresAtMs: startMs,
    };
    const body = JSON.stringify(bodyOf(event, ticket as unknown as TicketSummary, undefined, startMs));
    let told = '';
    await deliver(
      { channel: 'approvals/slack', body } as MessageRow,
      alerts,
      'https://gate.example/t/TK-AAAAAAAAAA',
      () => async (_, options) => {
        told = String(options.body);
        return new Response('ok');
      },
      buttons,
    );
    const { blocks } = JSON.parse(told) as { blocks: { type: string; elements: { action_id?: string }[] }[] };
    return blocks.find(({ type }) => type === 'actions')?.elements.map(({ action_id }) => action_id ?? 'open');
  };

  it('has buttons that decide only where an app answers them, for what waits, in the low tier', async () => {
    expect(await buttonsOf('low', true)).toEqual(['open', 'trapkey_approve', 'trapkey_refuse']);
    for (const plain of [buttonsOf('low', false), buttonsOf('medium', true), buttonsOf('high', true), buttonsOf('low', true, 'approved')])
      expect(await plain).toEqual(['open']);
  });
});
