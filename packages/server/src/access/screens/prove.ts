import { z } from 'zod';
import { html } from '../../kernel/html.ts';
import { type Answer, type Asked, HttpRefusal, type Route, route, signedIn } from '../../kernel/http.ts';
import { freshForMs } from '../../kernel/sessions.ts';
import type { SignInDoors } from './doors.ts';
import { localPath } from './local-path.ts';

const code = z.object({ code: z.string().min(1).max(200), to: z.string().max(1_000).optional() });

/** Showing a credential again, for what a session alone is not enough for. */
export function proveRoutes(doors: SignInDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/prove',
      permission: 'signed in',
      handle: (asked) => provePage(doors, asked, asked.query['to']),
    }),
    route({
      method: 'POST',
      path: '/prove/code',
      permission: 'signed in',
      guarded: true,
      body: code,
      async handle(asked) {
        const signed = signedIn(asked);
        const verified = await doors.people.verifyCode(signed.who.person, asked.body.code, asked.source);
        if (!verified.ok) return provePage(doors, asked, asked.body.to, verified.says);
        const begun = await doors.sessions.prove(signed, 'code');
        if (!begun) throw sessionOver();
        return { location: localPath(asked.body.to), begun };
      },
    }),
    route({
      method: 'POST',
      path: '/api/prove/code',
      permission: 'signed in',
      guarded: true,
      body: z.strictObject({ code: code.shape.code }),
      async handle(asked) {
        const signed = signedIn(asked);
        const verified = await doors.people.verifyCode(signed.who.person, asked.body.code, asked.source);
        if (!verified.ok) throw new HttpRefusal(403, 'not_proved', verified.says);
        const begun = await doors.sessions.prove(signed, 'code');
        if (!begun) throw sessionOver();
        return { json: { proved: true }, begun };
      },
    }),
  ];
}

/** What is said when a session ended between two steps. */
export function sessionOver(): HttpRefusal {
  return new HttpRefusal(401, 'unauthenticated', 'The session ended meanwhile. Nothing was changed.', 'Sign in again at /sign-in.');
}

async function provePage(doors: SignInDoors, asked: Asked<unknown>, wanted: string | undefined, says?: string): Promise<Answer> {
  const signed = signedIn(asked);
  const to = localPath(wanted);
  const keys = (await doors.passkeys.list(signed.who.person)).length > 0;
  const page = html`<h1>Show that it is you</h1>
<p class="lead">A high-tier decision needs a credential that ${signed.who.person} showed within the last ${freshForMs / 60_000} minutes.</p>
${says !== undefined && html`<p class="notice bad" role="alert"><strong>Not shown.</strong> ${says}</p>`}
${
  keys &&
  html`<section class="card" data-passkey="prove" data-csrf="${asked.csrfToken}" data-to="${to}" hidden><h2>With a passkey</h2>
<p><button type="button" class="primary">Use a passkey</button></p><p class="help" role="status"></p></section>`
}
${
  doors.oidc &&
  html`<section class="card"><h2>At ${doors.oidc.name}</h2>
<p><a class="button" href="/sign-in/oidc?again=yes&amp;to=${encodeURIComponent(to)}">Sign in there again</a></p></section>`
}
<form class="card" method="post" action="/prove/code"><h2>With your code</h2>${asked.csrf}<input type="hidden" name="to" value="${to}">
<p class="field"><label for="code">Code of ${signed.who.person}</label>
<input id="code" name="code" type="password" autocomplete="current-password" required maxlength="200"></p>
<p><button class="primary">Go on</button> <a href="${to}">Back</a></p></form>`;
  return { title: 'Show that it is you', page, status: says === undefined ? 200 : 401 };
}
