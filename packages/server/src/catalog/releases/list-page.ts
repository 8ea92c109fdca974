import { type Html, html } from '../../kernel/html.ts';
import type { ReleaseSummary } from '../../kernel/releases.ts';
import { revealed } from '../../kernel/revealed.ts';

/** Plugins and connectors with their releases, what is current first. */
export function listPage(releases: readonly ReleaseSummary[]): Html {
  const subjects = [...Map.groupBy(releases, ({ kind, id }) => `${kind} ${id}`).values()];
  const waiting = releases.filter(({ state }) => state === 'proposed' || state === 'in review').length;
  const lead =
    waiting === 0
      ? 'Nothing waits for a review.'
      : waiting === 1
        ? 'One release waits for its review.'
        : `${waiting} releases wait for their review.`;
  return html`<h1>Catalog</h1>
<p class="lead">${subjects.length === 0 ? '' : lead}</p>
${
  subjects.length === 0
    ? html`<p>Nothing is in the catalog yet. Plugins that policy names run as policy says.</p><p class="quiet">Propose one: <code>trapkey catalog propose ./my-plugin</code></p>`
    : subjects.map(section)
}`;
}

function section(releases: readonly ReleaseSummary[]): Html {
  const [first] = releases;
  if (!first) return html``;
  const current = releases.find((one) => one.current);
  return html`<section><h2>${first.kind === 'connector' ? 'Connector ' : ''}${revealed(first.id)}</h2>
<p class="quiet">Owner ${revealed(first.owner)}. ${current ? `Current: ${revealed(current.version)}.` : 'None of its releases is current.'}</p>
<ul class="tickets">${releases.map(row)}</ul></section>`;
}

function row({ kind, id, version, state, current, stateBy, stateAtMs, reviewDueMs, sourceDigest }: ReleaseSummary): Html {
  const overdue = reviewDueMs !== undefined && reviewDueMs < Date.now();
  return html`<li><a href="/catalog/${kind}/${id}/${version}"><span class="state ${signs[state]}">${state}${current && ', current'}</span>
<span class="what">${revealed(version)}</span>
<span class="quiet">${sourceDigest.slice(0, 19)}, by ${revealed(stateBy)} on ${day(stateAtMs)}${reviewDueMs !== undefined && `, review ${overdue ? 'was due' : 'again'} on ${day(reviewDueMs)}`}</span></a></li>`;
}

/** Colours that the pages have; the word always stands beside. */
export const signs: Readonly<Record<ReleaseSummary['state'], string>> = {
  proposed: 'held',
  'in review': 'held',
  canary: 'held',
  approved: 'approved',
  deprecated: 'held',
  revoked: 'refused',
};

/** A day, in UTC. */
export function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
