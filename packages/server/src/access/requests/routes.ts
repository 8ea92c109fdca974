import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { UserError } from '../../kernel/errors.ts';
import { type Html, html } from '../../kernel/html.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../../kernel/http.ts';
import type { Requests, RequestView } from '../../kernel/requests.ts';
import { openers } from '../../kernel/sight.ts';

const opened = z.strictObject({ rule: z.string().min(1).max(300), call: z.string().max(64).optional(), text: z.string().max(4_000) });
const answered = z.strictObject({ answer: z.string().max(4_000) });

/** What the Ask link of a refusal opens, and where owners answer; as pages and as JSON. Looking asks for nothing: only the form does. */
export function requestRoutes({ requests }: { readonly requests: Requests }): readonly Route[] {
  return [...pages(requests), ...json(requests)];
}

function pages(requests: Requests): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/ask',
      permission: 'signed in',
      handle: (asked) => ({ title: 'Ask for access', page: askPage(asked, asked.query['rule'] ?? '', asked.query['call'] ?? '') }),
    }),
    route({
      method: 'POST',
      path: '/ask',
      permission: 'signed in',
      body: opened,
      async handle(asked) {
        const { rule, call, text } = asked.body;
        try {
          await requests.open({ by: signedIn(asked).who, rule, call: call || undefined, text, via: 'page' });
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          return { title: 'Ask for access', page: askPage(asked, rule, call ?? '', error.message), status: 409 };
        }
        return { location: '/requests' };
      },
    }),
    route({
      method: 'GET',
      path: '/requests',
      permission: { own: openers },
      handle: async (asked) => ({ title: 'Requests', page: listPage(asked, requests, await visible(requests, asked)) }),
    }),
    route({
      method: 'POST',
      path: '/requests/:request/answer',
      permission: { own: ['administrator'] },
      body: answered,
      async handle(asked) {
        const { id } = await found(requests, asked);
        await requests.answer({ request: id, by: signedIn(asked).who, answer: asked.body.answer, via: 'page' });
        return { location: '/requests' };
      },
    }),
  ];
}

function json(requests: Requests): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/requests',
      permission: { own: openers },
      handle: async (asked) => ({ json: { requests: (await visible(requests, asked)) as unknown as Json } }),
    }),
    route({
      method: 'POST',
      path: '/api/requests',
      permission: 'signed in',
      body: opened,
      handle: async (asked) => ({
        json: (await requests.open({ ...asked.body, by: signedIn(asked).who, via: 'api' })) as unknown as Json,
        status: 201,
      }),
    }),
    route({
      method: 'POST',
      path: '/api/requests/:request/answer',
      permission: { own: ['administrator'] },
      body: answered,
      async handle(asked) {
        const { id } = await found(requests, asked);
        return {
          json: (await requests.answer({ request: id, by: signedIn(asked).who, answer: asked.body.answer, via: 'api' })) as unknown as Json,
        };
      },
    }),
  ];
}

/** One's own, and those that one may answer; or the newest of all, and the open ones however old. */
async function visible(requests: Requests, { signed, wide }: Pick<Asked<unknown>, 'signed' | 'wide'>): Promise<readonly RequestView[]> {
  const { who } = signedIn({ signed });
  const lists = await Promise.all([
    requests.list(wide ? { state: 'all' } : { state: 'all', person: who.person }),
    wide ? requests.list({ state: 'open' }) : [],
    requests.answerable(who),
  ]);
  const byId = new Map(lists.flat().map((one) => [one.id, one]));
  return [...byId.values()].sort((one, other) => other.createdAtMs - one.createdAtMs);
}

/** Whose request it is not, and who may not answer it, hears that there is none. */
async function found(requests: Requests, asked: Asked<unknown>): Promise<RequestView> {
  const { who } = signedIn(asked);
  const one = await requests.find(asked.params['request'] ?? '');
  // Whoever could have answered it is told that somebody did.
  if (one && (asked.wide || one.person === who.person || requests.mayAnswer({ ...one, state: 'open' }, who).may)) return one;
  throw new HttpRefusal(404, 'not_found', 'There is no such request. Nothing was changed.', 'See those that you may answer at /requests.');
}

function askPage(asked: Asked<unknown>, rule: string, call: string, problem?: string): Html {
  return html`<h1>Ask for access</h1>
<p class="lead">Rule <code>${rule}</code> refused a call. Say what it is needed for; its owner answers.</p>
${problem !== undefined && html`<p class="notice" role="alert">${problem}</p>`}
<form method="post" action="/ask">${asked.csrf}
<input type="hidden" name="rule" value="${rule}"><input type="hidden" name="call" value="${call}">
<label for="text">What is it needed for?</label><textarea id="text" name="text" required maxlength="1000" rows="4"></textarea>
<button>Ask the owner</button></form>`;
}

function listPage(asked: Asked<unknown>, requests: Requests, all: readonly RequestView[]): Html {
  const { who } = signedIn(asked);
  const open = all.filter(({ state }) => state === 'open').length;
  return html`<h1>Requests</h1>
<p class="lead">${open === 0 ? 'No request is open.' : `${open} ${open === 1 ? 'request is' : 'requests are'} open.`}</p>
<ul class="tickets">${all.map(
    (one) => html`<li><p><strong>${one.person}</strong> asks about <code>${one.rule}</code> <span class="quiet">${one.id}</span></p>
<blockquote>${one.text}</blockquote>
${one.answer !== undefined && html`<p>${one.answeredBy ?? ''} answered: <q>${one.answer}</q></p>`}
${one.state === 'open' && !requests.mayAnswer(one, who).may && html`<p class="quiet">${one.owner} can answer it.</p>`}
${requests.mayAnswer(one, who).may && html`<form method="post" action="/requests/${one.id}/answer">${asked.csrf}<label for="a-${one.id}">Answer</label><textarea id="a-${one.id}" name="answer" required maxlength="1000" rows="3"></textarea><button>Answer</button></form>`}</li>`,
  )}</ul>`;
}
