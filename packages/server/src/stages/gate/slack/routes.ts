import { z } from 'zod';
import type { Approvals } from '../../../kernel/approvals.ts';
import { UserError } from '../../../kernel/errors.ts';
import { HttpRefusal, type Raw, type Route, rawRoute } from '../../../kernel/http.ts';
import { type SlackAction, slackActions } from '../../../kernel/messages.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { isFromSlack } from './signature.ts';

const answerHost = 'hooks.slack.com';
const answerTimeoutMs = 3_000;

/** What the buttons in Slack work with. */
export interface SlackDoors {
  /** Signing secret of the Slack app; without it there are neither buttons nor this address. */
  readonly signingSecret: string | undefined;
  readonly approvals: Pick<Approvals, 'find' | 'approve' | 'refuse'>;
  readonly policy: () => Pick<PolicySet, 'directory'>;
  readonly roles: (person: string) => Promise<readonly string[]>;
  /** Tells whoever pressed what came of it, where Slack says. */
  readonly post: (address: string, options: RequestInit) => Promise<Response>;
}

const pressed = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string().regex(/^[UW][A-Z0-9]{2,30}$/) }),
  actions: z.tuple([z.object({ action_id: z.enum(slackActions), value: z.string().regex(/^TK-[0-9A-Z]{10}$/) })]),
  response_url: z.url().optional(),
});

/** Confirmations of the low tier pressed in Slack, by the human whom the directory knows by their Slack id; never by the bot. */
export function slackRoutes(doors: SlackDoors): readonly Route[] {
  const { signingSecret } = doors;
  if (signingSecret === undefined) return [];
  return [
    rawRoute({
      path: '/api/slack/interactions',
      permission: 'anyone',
      async handle({ body, atMs }) {
        const { headers, text } = body;
        const signed = {
          text,
          timestamp: headers.get('x-slack-request-timestamp') ?? undefined,
          signature: headers.get('x-slack-signature') ?? undefined,
        };
        if (!isFromSlack(signingSecret, signed, atMs)) throw notSlack();
        const { user, action, ticket, answerTo } = pressOf(body);
        const says = await act(doors, user, action, ticket);
        await answer(doors, answerTo, says);
        return { json: { response_type: 'ephemeral', replace_original: false, text: says } };
      },
    }),
  ];
}

function pressOf({ text }: Raw) {
  const read = pressed.safeParse(jsonOf(new URLSearchParams(text).get('payload') ?? ''));
  if (!read.success) throw new HttpRefusal(400, 'invalid_input', 'This is no button of a Trapkey message. Nothing was changed.');
  const { user, actions, response_url } = read.data;
  return { user: user.id, action: actions[0].action_id, ticket: actions[0].value, answerTo: response_url };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Decides as the person; what is in the way is said to them, and to nobody else. */
async function act({ approvals, policy, roles }: SlackDoors, user: string, action: SlackAction, id: string): Promise<string> {
  const person = policy().directory.get(`slack/${user.toLowerCase()}`)?.id;
  if (person === undefined)
    return `Nobody in the directory has the alias slack/${user}, so nothing was changed. An administrator can add it, or decide on the page.`;
  const ticket = await approvals.find(id);
  if (!ticket) return 'There is no such ticket. Nothing was changed.';
  // A session of Slack is no credential that was shown just now, and a chat is no place to see what would be sent.
  if (ticket.tier !== 'low') return `${id} is not of the low tier: it is decided on its page only. Nothing was changed.`;
  const by = { person, roles: await roles(person) };
  try {
    const done =
      action === 'trapkey_approve'
        ? await approvals.approve({ ticket: id, by, via: 'slack' })
        : await approvals.refuse({ ticket: id, by, via: 'slack', reason: 'Refused in Slack.' });
    return `${id} is ${done.state}${done.waitsFor === undefined ? '' : `; ${done.waitsFor}`}.`;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The decision stands whether or not this arrives. Nowhere but to Slack, whatever the request says. */
async function answer({ post }: SlackDoors, address: string | undefined, text: string): Promise<void> {
  if (address === undefined || !URL.canParse(address)) return;
  const { protocol, host } = new URL(address);
  if (protocol !== 'https:' || host !== answerHost) return;
  const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text });
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(answerTimeoutMs) };
  await post(address, options).then(
    (reply) => reply.body?.cancel(),
    () => undefined,
  );
}

function notSlack(): HttpRefusal {
  return new HttpRefusal(
    401,
    'unauthenticated',
    'This was not signed by Slack for this app within the last five minutes. Nothing was changed.',
  );
}
