import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { UserError } from '../kernel/errors.ts';
import { type Html, html } from '../kernel/html.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../kernel/http.ts';
import type { Messages, MessageView } from '../kernel/messages.ts';
import { revealed } from '../kernel/revealed.ts';
import { openers, runners } from '../kernel/sight.ts';

const states = z.enum(['undelivered', 'waiting', 'given_up', 'delivered', 'all']).default('undelivered');

/** What people were told and what reached nobody; as a page and as JSON. */
export function messageRoutes({ messages }: { readonly messages: Messages }): readonly Route[] {
  const retry = (asked: Asked<unknown>, via: string) =>
    messages.retry({ message: asked.params['message'] ?? '', by: signedIn(asked).who, via });
  return [
    route({ method: 'GET', path: '/messages', permission: openers, handle: (asked) => answer(messages, asked) }),
    route({
      method: 'POST',
      path: '/messages/:message/retry',
      permission: runners,
      body: z.strictObject({}),
      async handle(asked) {
        try {
          await retry(asked, 'page');
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          return await answer(messages, asked, error.message);
        }
        return { location: '/messages' };
      },
    }),
    route({
      method: 'GET',
      path: '/api/messages',
      permission: openers,
      handle: async (asked) => ({ json: { messages: (await messages.list({ state: stateOf(asked) })) as unknown as Json } }),
    }),
    route({
      method: 'POST',
      path: '/api/messages/:message/retry',
      permission: runners,
      body: z.strictObject({}),
      async handle(asked) {
        await retry(asked, 'api');
        return { json: { message: asked.params['message'] ?? '' } };
      },
    }),
  ];
}

function stateOf({ query }: Pick<Asked<unknown>, 'query'>): z.output<typeof states> {
  const read = states.safeParse(query['state']);
  if (read.success) return read.data;
  throw new HttpRefusal(400, 'invalid_input', 'The state of a message is undelivered, waiting, given_up, delivered or all.');
}

async function answer(messages: Messages, asked: Asked<unknown>, problem?: string) {
  const state = stateOf(asked);
  const page = messagesPage(asked, await messages.list({ state }), state, problem);
  return { title: 'Messages', page, status: problem === undefined ? 200 : 409 };
}

function messagesPage(asked: Asked<unknown>, all: readonly MessageView[], state: string, problem: string | undefined): Html {
  const filters = [
    ['undelivered', 'Undelivered'],
    ['delivered', 'Delivered'],
    ['all', 'All'],
  ] as const;
  const none = state === 'undelivered' ? 'Every message was delivered.' : 'No messages here.';
  return html`<h1>Messages</h1>
<p class="lead">${all.length === 0 ? none : 'What people were told, the newest first.'}</p>
<p class="actions filters">${filters.map(([one, word]) => html`<a class="button" href="/messages?state=${one}"${one === state && html` aria-current="page"`}>${word}</a>`)}</p>
${problem !== undefined && html`<p class="notice bad" role="alert">${problem}</p>`}
<ul class="rows">${all.map((message) => row(asked, message))}</ul>`;
}

const looks = {
  delivered: ['done', '✓ Delivered'],
  waiting: ['held', '◷ Waiting'],
  given_up: ['refused', '✕ Given up'],
} as const;

function row({ csrf }: Asked<unknown>, message: MessageView): Html {
  const { id, state, channel, event, attempts, path, createdAtMs, deliveredAtMs, nextAtMs, error } = message;
  const [look, word] = looks[state];
  const tried = attempts === 0 ? 'not tried yet' : attempts === 1 ? 'tried once' : `tried ${attempts} times`;
  const next =
    deliveredAtMs !== undefined ? `, delivered ${minute(deliveredAtMs)}` : nextAtMs === undefined ? '' : `, next try ${minute(nextAtMs)}`;
  return html`<li><span><span class="state ${look}"><strong>${word}</strong></span> <a href="${path}">${event.replaceAll('_', ' ').replaceAll('.', ', ')}</a> by ${revealed(channel)}
<span class="quiet">Written ${minute(createdAtMs)}; ${tried}${next}${error !== undefined && `: ${revealed(error)}`}</span></span>
${state !== 'delivered' && html`<form method="post" action="/messages/${id}/retry">${csrf}<button>Try again<span class="sr"> message ${id}</span></button></form>`}</li>`;
}

function minute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
