import { type Html, html } from '../../kernel/html.ts';
import { type Asked, type Route, route, signedIn } from '../../kernel/http.ts';
import type { GrantedView } from '../../kernel/upstream-credentials.ts';
import type { UpstreamSignIn } from './act.ts';

const keptAs = 'upstream';

/** Where a person signs in to upstreams that are reached under their own name, and takes that back. */
export function credentialRoutes({ credentials }: { readonly credentials: UpstreamSignIn }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/credentials',
      permission: 'signed in',
      handle: async (asked) => ({ title: 'Signed in elsewhere', page: page(asked, credentials.offered(), await own(asked, credentials)) }),
    }),
    route({
      method: 'GET',
      path: '/credentials/back',
      permission: 'signed in',
      async handle(asked) {
        await credentials.finish(asked.url, asked.cookies[keptAs], signedIn(asked).who);
        return { location: '/credentials', keep: { name: keptAs, value: '' } };
      },
    }),
    route({
      method: 'GET',
      path: '/credentials/:connection',
      permission: 'signed in',
      async handle(asked) {
        const offered = credentials.offered().filter(({ connection }) => connection === asked.params['connection']);
        return {
          title: 'Sign in elsewhere',
          page: page(asked, offered, await own(asked, credentials)),
          ...(offered.length === 0 && { status: 404 }),
        };
      },
    }),
    // By a link, as at the identity provider: a form may not lead to another site.
    route({
      method: 'GET',
      path: '/credentials/:connection/sign-in',
      permission: 'signed in',
      async handle(asked) {
        const back = new URL('/credentials/back', asked.url).href;
        const { location, sealed } = await credentials.begin(asked.params['connection'] ?? '', signedIn(asked).who, back);
        return { location, keep: { name: keptAs, value: sealed } };
      },
    }),
    route({
      method: 'POST',
      path: '/credentials/:grant/revoke',
      permission: 'signed in',
      async handle(asked) {
        await credentials.revoke({ id: asked.params['grant'] }, signedIn(asked).who, 'taken back by the person');
        return { location: '/credentials' };
      },
    }),
    route({
      method: 'GET',
      path: '/api/credentials',
      permission: 'signed in',
      handle: async (asked) => ({
        json: { credentials: (await own(asked, credentials)).map((one) => ({ ...one, expiresAtMs: one.expiresAtMs ?? null })) },
      }),
    }),
  ];
}

async function own(asked: Asked<unknown>, credentials: UpstreamSignIn): Promise<readonly GrantedView[]> {
  return await credentials.list({ person: signedIn(asked).who.person });
}

function page(asked: Asked<unknown>, offered: ReturnType<UpstreamSignIn['offered']>, granted: readonly GrantedView[]): Html {
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
  const of = (connection: string) => granted.find((one) => one.connection === connection);
  return html`
    <h1>Signed in elsewhere</h1>
    <p>What your agents do there, they do as you and with your rights. Trapkey keeps the tokens sealed; no agent sees them.</p>
    ${offered.length === 0 && html`<p>There is nothing to sign in to.</p>`}
    <ul>${offered.map(({ connection, vendor }) => {
      const grant = of(connection);
      return html`<li><strong>${connection}</strong> at ${vendor}${grant ? html`, since ${day(grant.grantedAtMs)}` : ''}
        <a href="/credentials/${connection}/sign-in">${grant ? 'Sign in again' : 'Sign in'}</a>
        ${grant && html`<form method="post" action="/credentials/${grant.id}/revoke">${asked.csrf}<button>Revoke</button></form>`}</li>`;
    })}</ul>`;
}
