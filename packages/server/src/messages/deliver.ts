import { Webhook } from 'standardwebhooks';
import { type AlertRules, type AlertTarget, targetNames } from '../kernel/alert-rules.ts';
import type { SlackAction } from '../kernel/messages.ts';
import { pagerDutyEvent } from './pagerduty.ts';
import type { MessageRow } from './store.ts';
import { type Body, plainText, subjectOf } from './text.ts';

/** A way to the outside that goes only where the outbound rules allow. */
export type Post = (network: AlertRules['network']) => (address: string, options: RequestInit) => Promise<Response>;

const timeoutMs = 10_000;

/** Hands one message over. Throws, in words without addresses, when nobody took it. */
export async function deliver(row: MessageRow, alerts: AlertRules | undefined, link: string, post: Post, buttons = false): Promise<void> {
  const [name = '', how = ''] = row.channel.split(/\/(.*)/s);
  const named = targetNames.find((one) => one === name);
  const target = named && alerts?.[named];
  if (!alerts || !target) throw new Error(`the policy has no ${row.channel.split(':')[0]} any more`);
  const body = JSON.parse(row.body) as Body;
  if (how === 'slack')
    return await sent(post(alerts.network), the(target.slack, row), {}, JSON.stringify(slackMessage(body, link, buttons)));
  if (how === 'webhook') return await signed(row, the(target.webhook, row), body, link, post(alerts.network));
  if (how === 'pagerduty') {
    const { url, key } = the(target.pagerduty, row);
    return await sent(post(alerts.network), url, {}, JSON.stringify(pagerDutyEvent(body, link, key)));
  }
  await mail(the(target.email, row), how.slice('email:'.length), body, link);
}

function the<T>(setting: T | undefined, row: MessageRow): T {
  if (setting === undefined) throw new Error(`the policy has no ${row.channel.split(':')[0]} any more`);
  return setting;
}

type Send = ReturnType<Post>;

async function sent(send: Send, address: string, headers: Readonly<Record<string, string>>, body: string): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  const reply = await send(address, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, signal });
  await reply.body?.cancel();
  if (!reply.ok) throw new Error(`the receiver answered ${reply.status}`);
}

/** Signed over its id, time and bytes; the id is the same at every try, so a receiver can tell a repeat. */
async function signed(row: MessageRow, webhook: NonNullable<AlertTarget['webhook']>, body: Body, link: string, send: Send): Promise<void> {
  const payload = JSON.stringify({ type: `${body.about ?? 'ticket'}.${body.event}`, timestamp: body.at, data: { ...body, link } });
  const at = new Date();
  const headers = {
    'webhook-id': row.id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(webhook.secret).sign(row.id, at, payload),
  };
  await sent(send, webhook.url, headers, payload);
}

/**
 * Plain text only: what people wrote must not become a link or a mention. A button opens the page; those that decide stand
 * under tickets of the low tier alone, and only where a Slack app sends what is pressed back to us.
 */
function slackMessage(body: Body, link: string, buttons: boolean) {
  const { title, sentence, facts, by, quote } = body;
  const plain = (text: string) => ({ type: 'plain_text', text: text.slice(0, 2_900), emoji: false });
  const who = by === undefined ? [] : [`By ${by}${quote === undefined ? '' : `: ${JSON.stringify(quote)}`}`];
  const button = (text: string, action: SlackAction) => ({ type: 'button', text: plain(text), action_id: action, value: subjectOf(body) });
  const deciding = buttons && body.confirm ? [button('Approve', 'trapkey_approve'), button('Refuse', 'trapkey_refuse')] : [];
  const escaped = `${title}: ${subjectOf(body)}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return {
    text: escaped,
    blocks: [
      { type: 'header', text: plain(title.slice(0, 140)) },
      { type: 'section', text: plain(sentence) },
      { type: 'context', elements: [...facts, ...who].map(plain) },
      { type: 'actions', elements: [{ type: 'button', text: plain('Open'), url: link }, ...deciding] },
    ],
  };
}

async function mail({ smtp, from }: NonNullable<AlertTarget['email']>, to: string, body: Body, link: string): Promise<void> {
  // Loaded with the first mail: most processes send none.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    ...serverOf(smtp),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: { name: 'Trapkey', address: from },
      to: { name: '', address: to },
      subject: `${body.title}: ${body.sentence}`.slice(0, 150),
      text: plainText(body, link),
      headers: { 'Auto-Submitted': 'auto-generated', [body.about === undefined ? 'X-Trapkey-Ticket' : 'X-Trapkey-About']: subjectOf(body) },
    });
  } finally {
    transport.close();
  }
}

/** A password never crosses a network in clear: without TLS there is none. */
function serverOf(smtp: string) {
  const url = new URL(smtp);
  const user = decodeURIComponent(url.username);
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && user !== '',
    ...(user !== '' && { auth: { user, pass: decodeURIComponent(url.password) } }),
  };
}
