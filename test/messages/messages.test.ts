import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardedFetch } from '../../packages/server/src/access/jwt/outbound.ts';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { AlertRules } from '../../packages/server/src/kernel/alert-rules.ts';
import type { TicketSummary } from '../../packages/server/src/kernel/approvals.ts';
import type { TicketEvent } from '../../packages/server/src/kernel/messages.ts';
import { announcer } from '../../packages/server/src/messages/act.ts';
import type { AddressingPolicy } from '../../packages/server/src/messages/addressing.ts';
import { openMessages } from '../../packages/server/src/messages/read.ts';
import { type Delivering, deliverDue } from '../../packages/server/src/messages/worker.ts';
import { keys, policyOf, startMs } from '../gate/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const hourMs = 3_600_000;

const ticket: TicketSummary = {
  id: 'TK-7F3Q9K2M4X',
  state: 'held',
  person: 'ada@corp.example',
  release: 'sales@2.1.0',
  connector: 'crm-act',
  tool: 'send_campaign',
  run: 'R-1',
  call: 'C-1',
  sentence: 'crm-act.send_campaign would email 2,310 contacts <!channel> & more.',
  rule: 'approvals/high',
  reach: 2_310,
  asked: ['group:managers'],
  needs: 1,
  approvals: [],
  decidedReason: undefined,
  createdAtMs: startMs,
  expiresAtMs: startMs + hourMs,
  decidedAtMs: undefined,
};

interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver on this machine that answers as it is told. */
async function receiver(): Promise<{ readonly server: Server; readonly url: string; readonly got: Received[]; status: number }> {
  const got: Received[] = [];
  const state = { status: 200 };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    got.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(state.status, { location: 'http://169.254.169.254/' }).end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, { server, url, got });
}

describe.each(databases)('messages on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  let web: Awaited<ReturnType<typeof receiver>>;
  let alerts: AlertRules;
  let nowMs: number;
  const alarms: string[] = [];
  const clock = () => nowMs;
  const policy = () => ({ ...policyOf(), organization: { ...policyOf().organization, alerts } }) as unknown as AddressingPolicy;
  const delivering = (): Delivering => ({
    database: at.database,
    recorder,
    clock,
    alerts: () => alerts,
    link: (path) => `https://trapkey.corp.example${path}`,
    post: (network) => guardedFetch({ network, insecureLoopback: true }),
    alarm: (says) => alarms.push(says),
  });
  const tell = async (event: TicketEvent, about: TicketSummary = ticket, more = {}): Promise<void> => {
    const announce = announcer({ database: at.database, clock, policy });
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        await announce(tx, event, about, more);
        return { ok: true };
      },
    });
  };
  const undelivered = () => openMessages({ database: at.database, recorder, clock }).list({ state: 'undelivered' });

  beforeEach(async () => {
    nowMs = startMs;
    alarms.length = 0;
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
    web = await receiver();
    alerts = { network: 'public', approvals: { webhook: { url: `${web.url}/hook`, secret } } };
  });
  afterEach(async () => {
    await recorder.close();
    await at.drop();
    web.server.closeAllConnections();
    await new Promise((resolve) => web.server.close(resolve));
  });

  it('signs a webhook so that only who knows the secret could have sent it', async () => {
    await tell('held');
    expect(await deliverDue(delivering())).toBe(1);
    const [got] = web.got;
    expect(new Webhook(secret).verify(got?.body ?? '', got?.headers as Record<string, string>)).toMatchObject({
      type: 'ticket.held',
      data: {
        ticket: ticket.id,
        sentence: ticket.sentence,
        facts: [
          'For ada@corp.example, with sales@2.1.0',
          'Reaches 2,310',
          'Rule approvals/high; 0 of 1 approvals; until 2026-06-06 13:00 UTC',
        ],
        link: 'https://trapkey.corp.example/t/TK-7F3Q9K2M4X',
      },
    });
    const other = new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`);
    expect(() => other.verify(got?.body ?? '', got?.headers as Record<string, string>)).toThrow();
    expect(await undelivered()).toEqual([]);
    expect(await deliverDue(delivering())).toBe(0);
  });

  it('posts to Slack in plain text, with a button that only opens the page', async () => {
    alerts = { network: 'public', approvals: { slack: `${web.url}/services/T/B/x` } };
    await tell('break_glass', ticket, { by: 'max@corp.example', text: 'prod is <down> & burning' });
    await deliverDue(delivering());
    const body = JSON.parse(web.got[0]?.body ?? '');
    expect(body.text).toBe('Let run alone in an emergency: TK-7F3Q9K2M4X');
    expect(body.blocks[1].text).toEqual({ type: 'plain_text', text: ticket.sentence, emoji: false });
    expect(body.blocks[2].elements).toHaveLength(4);
    expect(JSON.stringify(body)).not.toContain('mrkdwn');
    expect(body.blocks.at(-1).elements).toEqual([
      { type: 'button', text: { type: 'plain_text', text: 'Open', emoji: false }, url: 'https://trapkey.corp.example/t/TK-7F3Q9K2M4X' },
    ]);
  });

  it('mails each who may decide, and neither who asked nor who has spoken', async () => {
    const mails: { readonly to: string; readonly text: string }[] = [];
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, session, done) {
        let text = '';
        stream.on('data', (chunk: Buffer) => {
          text += chunk;
        });
        stream.on('end', () => {
          mails.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(','), text });
          done();
        });
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const { port } = smtp.server.address() as AddressInfo;
    alerts = { network: 'public', approvals: { email: { smtp: `smtp://127.0.0.1:${port}`, from: 'trapkey@corp.example', to: 'asked' } } };
    try {
      await tell('held');
      await tell('reminder', { ...ticket, approvals: [{ person: 'max@corp.example', atMs: startMs, kind: 'human' }] });
      await tell('refused', ticket, { by: 'max@corp.example', text: 'not\r\nBcc: all@corp.example' });
      expect(await deliverDue(delivering())).toBe(4);
      const sent = mails.map(({ to, text }) => `${to} ${/^Subject: (.{14})/m.exec(text)?.[1]}`).toSorted();
      expect(sent).toEqual([
        'ada@corp.example Refused: crm-a',
        'eve@corp.example Approval asked',
        'eve@corp.example Still waiting ',
        'max@corp.example Approval asked',
      ]);
      const refused = mails.find(({ to }) => to.startsWith('ada'))?.text ?? '';
      expect(refused).toContain('By max@corp.example, who says: "not Bcc: all@corp.example"');
      expect(refused).not.toMatch(/^Bcc:/m);
      expect(refused.replaceAll('=\r\n', '')).toContain('https://trapkey.corp.example/t/TK-7F3Q9K2M4X');
    } finally {
      await new Promise<void>((resolve) => smtp.close(resolve));
    }
  });

  it('tries a dead receiver again, later each time, shows it, and gives up loudly', async () => {
    web.status = 503;
    await tell('held');
    await deliverDue(delivering());
    expect(await undelivered()).toMatchObject([
      { state: 'waiting', channel: 'approvals/webhook', attempts: 1, nextAtMs: startMs + 10_000, error: 'the receiver answered 503' },
    ]);
    expect(await deliverDue(delivering())).toBe(0);
    const pauses: number[] = [];
    for (let tries = 1; tries < 12; tries++) {
      const [waiting] = await undelivered();
      pauses.push((waiting?.nextAtMs ?? 0) - nowMs);
      nowMs = waiting?.nextAtMs ?? 0;
      expect(await deliverDue(delivering())).toBe(1);
    }
    expect(pauses.slice(0, 4)).toEqual([10_000, 20_000, 40_000, 80_000]);
    expect(await undelivered()).toMatchObject([{ state: 'given_up', attempts: 12 }]);
    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toContain('was given up after 12 tries: the receiver answered 503');
    expect(new Set(web.got.map(({ headers }) => headers['webhook-id']))).toHaveLength(1);
  });

  it('is delivered once it is up again, and by one of several workers', async () => {
    web.status = 500;
    await tell('held');
    await deliverDue(delivering());
    web.status = 200;
    nowMs += hourMs;
    const other = openRecorder({ database: at.database, keys });
    const tried = await Promise.all([deliverDue(delivering()), deliverDue({ ...delivering(), recorder: other }), deliverDue(delivering())]);
    await other.close();
    expect(tried.toSorted()).toEqual([0, 0, 1]);
    expect(web.got).toHaveLength(2);
    expect(await undelivered()).toEqual([]);
  });

  it('goes nowhere inside, follows nobody there, and keeps addresses out of what it shows', async () => {
    web.status = 302;
    await tell('held');
    await deliverDue(delivering());
    expect((await undelivered())[0]?.error).toBe('the receiver answered 302');
    nowMs += hourMs;
    const strict = { ...delivering(), post: (network: 'public' | 'private') => guardedFetch({ network, insecureLoopback: false }) };
    for (const url of [
      `${web.url}/secret-path`,
      'https://10.0.0.1/secret-path',
      'https://169.254.169.254/secret-path',
      'https://[::1]/secret-path',
    ]) {
      alerts = { network: 'public', approvals: { webhook: { url, secret } } };
      expect(await deliverDue(strict)).toBe(1);
      const [shown] = await undelivered();
      expect(shown?.error).toMatch(/refused|not https/);
      expect(shown?.error).not.toContain('secret-path');
      nowMs += 24 * hourMs;
    }
    expect(web.got).toHaveLength(1);
  });

  it('is not there when what it tells of was not written, and is bounded', async () => {
    const announce = announcer({ database: at.database, clock, policy });
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        await announce(tx, 'held', ticket);
        return { ok: false, conflict: 'another was first' };
      },
    });
    expect(await undelivered()).toEqual([]);
  });
});
