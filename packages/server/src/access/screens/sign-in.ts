import { z } from 'zod';
import { html } from '../../kernel/html.ts';
import { type Answer, type Asked, HttpRefusal, type Route, route } from '../../kernel/http.ts';
import type { SignInDoors } from './doors.ts';
import { localPath } from './local-path.ts';

const code = z.object({ person: z.string().min(1).max(254), code: z.string().min(1).max(200), to: z.string().max(1_000).optional() });
const link = z.object({ link: z.string().max(100), to: z.string().max(2_000).default('/') });

/** Signing in by code or by one-time link, and out. A GET shows; only a POST with the form's token does anything. */
export function signInRoutes(doors: SignInDoors): readonly Route[] {
  const { people, sessions, links } = doors;
  return [
    route({
      method: 'GET',
      path: '/sign-in',
      permission: 'anyone',
      handle: (asked) => (asked.signed ? { location: localPath(asked.query['to']) } : signInPage(doors, asked)),
    }),
    route({
      method: 'POST',
      path: '/sign-in/code',
      permission: 'anyone',
      guarded: true,
      body: code,
      async handle(asked) {
        const { person, to } = asked.body;
        const verified = await people.verifyCode(person, asked.body.code, asked.source);
        if (!verified.ok) return signInPage(doors, asked, { says: verified.says, person, to });
        const begun = await sessions.begin({ person: verified.who.person, via: 'code', fresh: true, replaces: asked.token });
        if (!begun) throw gone();
        return { location: localPath(to), begun };
      },
    }),
    route({
      method: 'GET',
      path: '/sign-in/link',
      permission: 'anyone',
      async handle(asked) {
        const secret = asked.query['link'] ?? '';
        const person = await links.lookAt(secret);
        if (person === undefined) throw gone();
        return { title: 'Sign in', page: linkPage(asked, { secret, person, to: localPath(asked.query['to']) }) };
      },
    }),
    route({
      method: 'POST',
      path: '/sign-in/link',
      permission: 'anyone',
      body: link,
      async handle(asked) {
        const begun = await links.spend(asked.body.link, asked.token);
        if (!begun) throw gone();
        return { location: localPath(asked.body.to), begun };
      },
    }),
    route({
      method: 'POST',
      path: '/sign-out',
      permission: 'anyone',
      body: z.object({}),
      async handle({ signed }) {
        if (signed) await sessions.end(signed.id, signed.who);
        return { location: '/sign-in', signedOut: true };
      },
    }),
  ];
}

function gone(): HttpRefusal {
  return new HttpRefusal(
    409,
    'link_over',
    'This sign-in link is over: it was used, replaced or is older than ten minutes. Nobody was signed in.',
    'Make a new one with `trapkey login --link`, or sign in with your code at /sign-in.',
  );
}

interface Tried {
  readonly says: string;
  readonly person: string;
  readonly to: string | undefined;
}

function signInPage({ oidc }: SignInDoors, asked: Pick<Asked<unknown>, 'csrf' | 'query'>, tried?: Tried): Answer {
  const to = localPath(tried ? tried.to : asked.query['to']);
  const page = html`<h1>Sign in</h1>
<p class="lead">Whoever signs in here acts in their own name. What they decide is on record.</p>
${tried && html`<p class="notice bad" role="alert"><strong>Not signed in.</strong> ${tried.says}</p>`}
${
  oidc &&
  html`<section class="card"><h2>With your organization's account</h2>
<p><a class="button primary" href="/sign-in/oidc?to=${encodeURIComponent(to)}">Continue at ${oidc.name}</a></p></section>`
}
<form class="card" method="post" action="/sign-in/code">
<h2>With your code</h2>
${asked.csrf}<input type="hidden" name="to" value="${to}">
<p class="field"><label for="person">Who you are</label>
<input id="person" name="person" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="254" value="${tried?.person ?? ''}"></p>
<p class="field"><label for="code">Your code</label>
<input id="code" name="code" type="password" autocomplete="current-password" required maxlength="200" aria-describedby="code-help">
<span class="help" id="code-help">Five groups of five characters, shown when you were enrolled. Case and dashes are free.</span></p>
<p><button class="${oidc ? '' : 'primary'}">Sign in</button></p>
</form>
<p class="quiet">On another device: run <code>trapkey login --link</code> in a terminal where you have your code, and open the link it prints.</p>`;
  return { title: 'Sign in', page, status: tried ? 401 : 200 };
}

interface Link {
  readonly secret: string;
  readonly person: string;
  readonly to: string;
}

function linkPage({ csrf, signed }: Pick<Asked<unknown>, 'csrf' | 'signed'>, { secret, person, to }: Link) {
  return html`<h1>Sign in as ${person}?</h1>
<p class="lead">This link signs in once. If you did not make it, close this page.</p>
${signed && signed.who.person !== person && html`<p class="notice">You are signed in as ${signed.who.person}; that ends.</p>`}
<form class="card" method="post" action="/sign-in/link">${csrf}<input type="hidden" name="link" value="${secret}"><input type="hidden" name="to" value="${to}">
<p><button class="primary">Sign in as ${person}</button></p></form>`;
}
