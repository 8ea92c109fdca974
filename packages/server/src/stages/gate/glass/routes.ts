import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { UserError } from '../../../kernel/errors.ts';
import { type Html, html } from '../../../kernel/html.ts';
import { type Asked, type Route, route, signedIn } from '../../../kernel/http.ts';
import type { GlassReviews, GlassUse } from '../../../kernel/reviews.ts';
import { deciders } from '../../../kernel/sight.ts';
import { minute, plain } from '../screens/words.ts';

const reviewed = z.strictObject({ note: z.string().max(4_000) });
const looking = [...deciders, 'viewer', 'auditor'] as const;

/** What was let run alone, and the review of it; as a page and as JSON. */
export function reviewRoutes({ reviews }: { readonly reviews: GlassReviews }): readonly Route[] {
  return [
    route({ method: 'GET', path: '/reviews', permission: looking, handle: (asked) => answer(reviews, asked) }),
    route({
      method: 'POST',
      path: '/reviews/:ticket/review',
      permission: deciders,
      body: reviewed,
      async handle(asked) {
        const ticket = asked.params['ticket'] ?? '';
        try {
          await reviews.review({ ticket, by: signedIn(asked).who, note: asked.body.note, via: 'page' });
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          return await answer(reviews, asked, error.message);
        }
        return { location: '/reviews' };
      },
    }),
    route({
      method: 'GET',
      path: '/api/reviews',
      permission: looking,
      async handle(asked) {
        const { who } = signedIn(asked);
        const uses = await reviews.list({ state: 'all' });
        return { json: { reviews: uses.map((use) => ({ ...use, ...reviews.mayReview(use, who) })) as unknown as Json } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/reviews/:ticket/review',
      permission: deciders,
      body: reviewed,
      handle: async (asked) => ({
        json: (await reviews.review({
          ...{ ticket: asked.params['ticket'] ?? '', by: signedIn(asked).who, note: asked.body.note, via: 'api' },
        })) as unknown as Json,
      }),
    }),
  ];
}

async function answer(reviews: GlassReviews, asked: Asked<unknown>, problem?: string) {
  const uses = await reviews.list({ state: 'all' });
  return { title: 'Reviews', page: page(reviews, asked, uses, problem), status: problem === undefined ? 200 : 409 };
}

function page(reviews: GlassReviews, asked: Asked<unknown>, uses: readonly GlassUse[], problem: string | undefined): Html {
  const due = uses.filter(({ review }) => review === undefined).length;
  const lead =
    due === 0
      ? 'Nothing waits for a review.'
      : `${due === 1 ? 'One call' : `${due} calls`} that somebody let run alone ${due === 1 ? 'waits' : 'wait'} for a review.`;
  return html`<h1>Break-glass reviews</h1>
<p class="lead">${lead}</p>
${problem !== undefined && html`<p class="notice bad" role="alert">${problem}</p>`}
${uses.map((use) => card(reviews, asked, use))}`;
}

function card(reviews: GlassReviews, asked: Asked<unknown>, use: GlassUse): Html {
  const may = reviews.mayReview(use, signedIn(asked).who);
  const { review, ticket } = use;
  return html`<article class="card"><p class="state ${review ? 'done' : 'held'}"><strong>${review ? '✓ Reviewed' : '◷ Waits for a review'}</strong></p>
<h2><a href="/t/${ticket}">${plain(use.sentence)}</a></h2>
<p class="quiet">${plain(use.by)} let it run alone on ${minute(use.atMs)}; ${plain(use.person)} had asked for it. It is ${use.state}.</p>
${use.reason !== undefined && html`<p>Why it could not wait: <q>${plain(use.reason)}</q></p>`}
${review && html`<p>${plain(review.person)}, ${minute(review.atMs)}: <q>${plain(review.note)}</q></p>`}
${!review && !may.may && html`<p class="quiet">${may.says}</p>`}
${may.may && html`<form method="post" action="/reviews/${ticket}/review">${asked.csrf}<div class="field"><label for="n-${ticket}">What you looked at, and what comes of it</label><textarea id="n-${ticket}" name="note" required maxlength="1000" rows="3"></textarea></div><button class="primary">Reviewed</button></form>`}</article>`;
}
