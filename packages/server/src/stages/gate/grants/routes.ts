import { UserError } from '../../../kernel/errors.ts';
import type { Grants, GrantView } from '../../../kernel/grants.ts';
import { type Html, html } from '../../../kernel/html.ts';
import { type Asked, type Route, route } from '../../../kernel/http.ts';
import { count, minute, plain } from '../screens/words.ts';
import { act, acting, acts, grantJson, looking, stateOf, visible } from './json.ts';

/** Standing approvals: seen, reviewed and revoked; as a page and as JSON. They are made from a ticket. */
export function grantRoutes({ grants }: { readonly grants: Grants }): readonly Route[] {
  return [
    route({ method: 'GET', path: '/grants', permission: looking, handle: (asked) => answer(grants, asked) }),
    route({
      method: 'POST',
      path: '/grants/:grant/act',
      permission: acts,
      body: acting,
      async handle(asked) {
        try {
          await act(grants, asked, 'page');
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          return await answer(grants, asked, error.message);
        }
        return { location: '/grants' };
      },
    }),
    ...grantJson({ grants }),
  ];
}

async function answer(grants: Grants, asked: Asked<unknown>, problem?: string) {
  const state = stateOf(asked);
  const page = grantsPage(asked, await visible(grants, asked), state, problem);
  return { title: 'Grants', page, status: problem === undefined ? 200 : 409 };
}

function grantsPage(asked: Asked<unknown>, all: readonly GrantView[], state: string, problem: string | undefined): Html {
  const filter = (one: string) =>
    html`<a class="button" href="/grants?state=${one}"${one === state && html` aria-current="page"`}>${one.charAt(0).toUpperCase()}${one.slice(1)}</a>`;
  return html`<h1>Grants</h1>
<p class="lead">Standing approvals: each lets calls of one tool run without asking, within its bounds. They are made from an approved ticket.</p>
<p class="actions filters">${['live', 'expired', 'revoked', 'all'].map(filter)}</p>
${problem !== undefined && html`<p class="notice bad" role="alert">${problem}</p>`}
${all.length === 0 ? html`<p class="quiet">No grants here.</p>` : all.map((grant) => card(asked, grant))}`;
}

const looks = { live: ['done', '✓ Live'], expired: ['', '◷ Expired'], revoked: ['refused', '✕ Revoked'] } as const;

function card({ csrf, atMs }: Asked<unknown>, grant: GrantView): Html {
  const [look, word] = looks[grant.state];
  const of = (many: number) => (grant.periodMs === undefined ? count(many) : `${count(many)} per ${hours(grant.periodMs)}`);
  const rows: readonly (readonly [string, string])[] = [
    ['For', grant.person === undefined ? 'whoever uses the release' : plain(grant.person)],
    [
      'Used',
      `${count(grant.used)} of ${of(grant.countMax)}; ${grant.lastUsedAtMs === undefined ? 'never yet' : `last ${minute(grant.lastUsedAtMs)}`}`,
    ],
    ['Each reaches', grant.reachMax === undefined ? 'any number' : `at most ${count(grant.reachMax)}`],
    ['Where', plain(grant.bounds)],
    ['Until', minute(grant.expiresAtMs)],
    ['Owner', plain(grant.owner)],
    ['Reviewed', grant.reviewedAtMs === undefined ? 'not yet' : minute(grant.reviewedAtMs)],
  ];
  return html`<article class="card"><p class="state ${look}"><strong>${word}</strong> · ${grant.id}</p>
<h2>${plain(`${grant.connector}.${grant.tool}`)} with ${plain(`${grant.plugin}@${grant.version}`)}</h2>
<p><q>${plain(grant.because)}</q> <span class="quiet">${plain(grant.madeBy)}, ${minute(grant.createdAtMs)}</span></p>
<dl class="facts">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
${grant.fromTicket !== undefined && html`<p><a href="/t/${grant.fromTicket}">Made from ticket ${grant.fromTicket}</a></p>`}
${grant.state === 'live' && grant.expiresAtMs > atMs && forms(grant.id, csrf)}</article>`;
}

function forms(id: string, csrf: Html): Html {
  return html`<form class="actions" method="post" action="/grants/${id}/act">${csrf}<input type="hidden" name="act" value="review"><button>Reviewed: it may stay</button></form>
<details><summary>Revoke</summary><form method="post" action="/grants/${id}/act">${csrf}<input type="hidden" name="act" value="revoke">
<div class="field"><label for="r-${id}">Why</label><input id="r-${id}" name="reason" required maxlength="500" autocomplete="off"></div><button class="bad">Revoke: the next call asks a person</button></form></details>`;
}

function hours(ms: number): string {
  const many = ms / 3_600_000;
  if (many === 1 || many === 24) return many === 1 ? 'hour' : 'day';
  return many % 24 === 0 ? `${many / 24} days` : `${many} h`;
}
