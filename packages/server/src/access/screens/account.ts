import type { Session, SessionEnded, SessionList } from '@trapkey/contract/api/session.ts';
import { z } from 'zod';
import { type Html, html } from '../../kernel/html.ts';
import { type Asked, type Route, route, signedIn } from '../../kernel/http.ts';
import { isFresh, type Signed } from '../../kernel/sessions.ts';
import type { PasskeyView } from '../passkeys/passkeys.ts';
import type { SignInDoors } from './doors.ts';

const ended = z.object({ session: z.string().min(1).max(60) });

/** One's own sessions and passkeys, as a page and as JSON. */
export function accountRoutes({ sessions, passkeys, oidc, about }: SignInDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/account',
      permission: 'signed in',
      async handle(asked) {
        const { who } = signedIn(asked);
        const [open, keys] = [await sessions.list(who.person), await passkeys.list(who.person)];
        return { title: 'Your account', page: accountPage(asked, open, keys) };
      },
    }),
    route({
      method: 'POST',
      path: '/account/sessions/end',
      permission: 'signed in',
      body: ended,
      async handle(asked) {
        const signed = signedIn(asked);
        await sessions.end(asked.body.session, signed.who);
        return asked.body.session === signed.id ? { location: '/sign-in', signedOut: true } : { location: '/account' };
      },
    }),
    route({
      method: 'GET',
      path: '/api/session',
      permission: 'signed in',
      handle: (asked) => ({
        json: {
          ...shown(signedIn(asked), asked.atMs),
          ...(about?.() ?? { organization: '', version: '' }),
          csrf: asked.csrfToken,
          now_ms: asked.atMs,
          provider: oidc?.name ?? null,
        } satisfies Session,
      }),
    }),
    route({
      method: 'GET',
      path: '/api/sessions',
      permission: { own: ['administrator', 'auditor'] },
      async handle(asked) {
        const { who } = signedIn(asked);
        const open = await sessions.list(asked.wide && asked.query['of'] === 'all' ? undefined : who.person);
        return { json: { sessions: open.map((one) => shown(one, asked.atMs)) } satisfies SessionList };
      },
    }),
    route({
      method: 'POST',
      path: '/api/sessions/:session/revoke',
      permission: { own: ['administrator'] },
      body: z.strictObject({}),
      async handle(asked) {
        const session = asked.params['session'] ?? '';
        await sessions.end(session, signedIn(asked).who);
        return { json: { ended: session } satisfies SessionEnded };
      },
    }),
    route({
      method: 'POST',
      path: '/api/sessions/end',
      permission: 'signed in',
      body: ended,
      async handle(asked) {
        await sessions.end(asked.body.session, signedIn(asked).who);
        return { json: { ended: asked.body.session } };
      },
    }),
  ];
}

function shown(signed: Signed, atMs: number) {
  const { id, who, via, createdAtMs, seenAtMs, expiresAtMs } = signed;
  const fresh = isFresh(who, atMs);
  return {
    id,
    person: who.person,
    roles: [...who.roles],
    via,
    fresh,
    created_at_ms: createdAtMs,
    seen_at_ms: seenAtMs,
    expires_at_ms: expiresAtMs,
  };
}

function accountPage(asked: Asked<unknown>, open: readonly Signed[], keys: readonly PasskeyView[]): Html {
  const { id, who } = signedIn(asked);
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
  return html`<h1>Signed in as ${who.person}</h1>
<p class="lead">${who.roles.length === 0 ? 'You have no role here: you see what you asked for and the answers.' : `Roles: ${who.roles.join(', ')}.`}</p>
<section class="card"><h2>Open sessions</h2><ul class="rows">${open.map(
    (one) => html`<li><div><strong>${one.id === id ? 'This one' : `By ${one.via}`}</strong>
<span class="quiet">since ${day(one.createdAtMs)} UTC, last seen ${day(one.seenAtMs)} UTC</span></div>
<form method="post" action="/account/sessions/end">${asked.csrf}<input type="hidden" name="session" value="${one.id}"><button>End<span class="sr"> session ${one.id}</span></button></form></li>`,
  )}</ul></section>
<section class="card"><h2>Passkeys</h2>
${
  keys.length === 0
    ? html`<p>None yet. A passkey shows that it is you with a touch, where a decision asks for it.</p>`
    : html`<ul class="rows">${keys.map(
        (key) => html`<li><div><strong>${key.label}</strong> <span class="quiet">since ${day(key.createdAtMs)} UTC</span></div>
${isFresh(who, asked.atMs) && html`<form method="post" action="/account/passkeys/remove">${asked.csrf}<input type="hidden" name="passkey" value="${key.id}"><button>Remove<span class="sr"> ${key.label}</span></button></form>`}</li>`,
      )}</ul>`
}
${
  isFresh(who, asked.atMs)
    ? html`<div data-passkey="register" data-csrf="${asked.csrfToken}" data-to="/account" hidden><p><button type="button">Add a passkey</button></p><p class="help" role="status"></p></div>
<noscript><p class="help">Adding a passkey needs JavaScript; everything else here works without.</p></noscript>`
    : html`<p><a class="button" href="/prove?to=/account">Show your code to add one</a></p>`
}
</section>`;
}
