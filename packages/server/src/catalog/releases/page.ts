import type { UserError } from '../../kernel/errors.ts';
import { type Html, html } from '../../kernel/html.ts';
import type { Asked } from '../../kernel/http.ts';
import { releaseStates } from '../../kernel/release-standing.ts';
import type { ReleaseDetail } from '../../kernel/releases.ts';
import { revealed } from '../../kernel/revealed.ts';
import { day, signs } from './list-page.ts';

const rowsMax = 200;

/** One release: what changed, what it can do, what was asked of it and who answered; the forms below. */
export function releasePage(release: ReleaseDetail, asked: Asked<unknown>, problem: UserError | undefined): Html {
  const { kind, id, version, state, owner, current, sourceDigest, source, proposedBy, proposedAtMs, reviewDueMs } = release;
  return html`<p><a href="/catalog">Catalog</a></p>
<h1>${kind === 'connector' && 'Connector '}${revealed(id)} ${revealed(version)}</h1>
${problem && html`<p class="problem" role="alert"><strong>${problem.message}</strong> ${problem.next ?? ''}</p>`}
<p class="lead"><span class="state ${signs[state]}"><strong>${state}</strong></span> ${releaseStates[state]}${current && ' This is the current release.'}</p>
<p class="quiet">Owner ${revealed(owner)}. Proposed by ${revealed(proposedBy)} on ${day(proposedAtMs)} from ${revealed(source)}.${reviewDueMs !== undefined && ` To be reviewed again by ${day(reviewDueMs)}.`}</p>
<p class="quiet"><code>${sourceDigest}</code>, ${release.manifest.files.length} files, ${release.manifest.definitions.length} definitions</p>
${canary(release)}
${release.missing.length > 0 && state !== 'revoked' && html`<section><h2>Missing before it can be used</h2><ul>${release.missing.map((one) => html`<li>${one}</li>`)}</ul></section>`}
${changes(release)}
<section><h2>What it can do</h2>${release.capabilities.length === 0 ? html`<p>Nothing that the scan knows of.</p>` : html`<ul>${release.capabilities.map(capability)}</ul>`}</section>
<section><h2>Checklist</h2><ul>${release.checklist.map(({ item, state: said, says }) => html`<li><strong>${said === 'passed' ? 'Passed' : said === 'failed' ? 'Failed' : 'Look'}</strong> ${item}: ${says}</li>`)}</ul></section>
<section><h2>Sign-offs</h2>${release.signOffs.length === 0 ? html`<p>None yet.</p>` : html`<ul>${release.signOffs.map(({ aspect, person, passed, note, atMs }) => html`<li><strong>${passed ? 'Passed' : 'Not passed'}</strong> ${aspect}, by ${revealed(person)} on ${day(atMs)}. ${revealed(note)}</li>`)}</ul>`}</section>
${forms(release, asked)}`;
}

function canary({ canary: tried, version }: ReleaseDetail): Html | undefined {
  if (tried?.version !== version) return undefined;
  const share = tried.share > 0 ? `${tried.share / 100} % of all people` : '';
  return html`<p>Tried by ${[tried.people.slice(0, 20).map(revealed).join(', '), share].filter(Boolean).join(' and ')}.</p>`;
}

function changes({ against, changes: found }: ReleaseDetail): Html {
  if (against === undefined)
    return html`<section><h2>Changes</h2><p>There is no release to compare it with: all of it is new.</p></section>`;
  const rows = found
    .slice(0, rowsMax)
    .map(({ kind, says, weight }) => html`<li>${weight === 'high' && html`<strong>Look</strong> `}${kind}: ${says}</li>`);
  return html`<section><h2>Changes since ${revealed(against)}</h2>${found.length === 0 ? html`<p>None.</p>` : html`<ul>${rows}</ul>`}</section>`;
}

function capability({ capability: what, parts, unknown, seenBy, approvedBy }: ReleaseDetail['capabilities'][number]): Html {
  const who = approvedBy.map(({ person, aspect, atMs }) => `${revealed(person)} (${aspect}, ${day(atMs)})`).join(', ');
  return html`<li><strong>${what.replace('_', ' ')}</strong>: ${[...parts, ...unknown.map((one) => `${one} (not known)`)].slice(0, 20).join(', ')}
<span class="quiet">Seen by ${seenBy.join(', ') || 'nobody'}. ${who === '' ? 'Nobody approved it.' : `Approved by ${who}.`}</span></li>`;
}

/** Forms that fit the state; who may is said when they are sent. */
function forms({ kind, id, version, state, over }: ReleaseDetail, { csrf }: Asked<unknown>): Html {
  const form = (act: string, button: string, inner: Html, why: 'needed' | 'optional' = 'optional') =>
    html`<form method="post" action="/catalog/${kind}/${id}/${version}">${csrf}<input type="hidden" name="act" value="${act}">${inner}
<label>${why === 'needed' ? 'Why' : 'Note'} <input name="reason" maxlength="4000" ${why === 'needed' && html`required`}></label><button class="button">${button}</button></form>`;
  const reviewing = state === 'in review' || state === 'canary';
  const signing = html`<label>Review <select name="aspect"><option value="security">Security</option><option value="data">Data</option>${over && html`<option value="blast_radius">Blast radius</option>`}</select></label>
<label>Found <select name="passed"><option value="yes">It passes</option><option value="no">It does not pass</option></select></label>`;
  const trying = html`<label>People <input name="people" autocomplete="off" autocapitalize="none" spellcheck="false"></label><label>Share of all, in per cent <input name="share" inputmode="decimal" value="0"></label>`;
  const nothing = html``;
  return html`<section><h2>Do</h2>
${state === 'proposed' && form('review', 'Start the review', nothing)}
${reviewing && form('sign', 'Sign off', signing)}
${reviewing && form('canary', 'Let some try it', trying)}
${reviewing && form('approve', 'Approve for everybody', nothing)}
${(state === 'approved' || state === 'deprecated') && form('roll_back', 'Make it current again', nothing)}
${state === 'approved' && form('deprecate', 'Deprecate', nothing)}
${state !== 'revoked' && form('revoke', 'Revoke for good', nothing, 'needed')}
${state === 'revoked' && html`<p>A revoked release does not come back.</p>`}</section>`;
}
