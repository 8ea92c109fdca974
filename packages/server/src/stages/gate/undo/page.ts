import type { UndoSummary } from '@trapkey/contract/api/undo.ts';
import type { UserError } from '../../../kernel/errors.ts';
import { type Html, html } from '../../../kernel/html.ts';
import type { Asked } from '../../../kernel/http.ts';
import { hasAny, runners } from '../../../kernel/sight.ts';
import { type UndoItemState, type UndoItemView, type UndoView, undoItemStates, undoStates } from '../../../kernel/undo.ts';
import { count, minute, plain } from '../screens/words.ts';
import { scopeWords } from './words.ts';

const signs: Readonly<Record<UndoView['state'], string>> = {
  looking: '◷ Looking',
  looked: '◷ Waiting for a person',
  undoing: '▸ Undoing',
  paused: '◷ Paused',
  undone: '✓ Ended',
  aborted: '✕ Aborted',
};

/** What stands beside the undo on its page. */
interface Shown {
  readonly asked: Asked<unknown>;
  readonly filter: { readonly state: string; readonly max: number };
  readonly problem: UserError | undefined;
}

/** One undo: what can be taken back, how far it has come, and what a person may do about it. */
export function undoPage(view: UndoView, items: readonly UndoItemView[], { asked, filter, problem }: Shown): Html {
  const goesOn = view.state === 'looking' || view.state === 'undoing';
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['What', plain(scopeWords(view.scope))],
    ['Release', plain(view.release)],
    ['Asked by', `${plain(view.person)}, ${minute(view.askedAtMs)}`],
    ['Why', plain(view.reason)],
    ['Started by', view.startedBy && `${plain(view.startedBy)}, ${minute(view.startedAtMs ?? 0)}`],
    ['Progress', view.state === 'undoing' || view.state === 'paused' ? `step ${view.step}, up to change ${count(view.target)}` : undefined],
    ['Run', view.run],
    ['Ended', view.endedAtMs === undefined ? undefined : minute(view.endedAtMs)],
  ];
  const next = items.length === filter.max ? items.at(-1)?.n : undefined;
  return html`${goesOn && html`<meta http-equiv="refresh" content="3">`}
<p class="state"><strong>${signs[view.state]}</strong> · ${view.id}</p>
<h1>Undo ${plain(scopeWords(view.scope))}</h1>
<p class="lead">${plain(view.says)}</p>
<p class="quiet">${undoStates[view.state]}</p>
${problem && html`<p class="notice bad" role="alert">${problem.message}${problem.next !== undefined && html` ${problem.next}`}</p>`}
<dl class="facts">${rows.map(([term, value]) => value !== undefined && html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
${asked.signed && hasAny(runners, asked.signed.who) && forms(view, asked.csrf)}
<h2>Changes, the newest first</h2>
<p class="actions filters">${filters(view, filter.state)}</p>
${items.length === 0 ? html`<p class="quiet">None here.</p>` : html`<ol class="plain">${items.map((item) => card(view, item, asked))}</ol>`}
${next !== undefined && html`<p><a class="button" href="/undo/${view.id}?state=${filter.state}&amp;after=${next}">More</a></p>`}`;
}

function filters(view: UndoView, now: string): readonly Html[] {
  const states = ['all', ...(Object.keys(undoItemStates) as UndoItemState[]).filter((state) => (view.counts[state] ?? 0) > 0)];
  return states.map((state) => {
    const many = state === 'all' ? view.items : (view.counts[state as UndoItemState] ?? 0);
    return html`<a class="button" href="/undo/${view.id}?state=${state}"${state === now && html` aria-current="page"`}>${state} ${count(many)}</a>`;
  });
}

function card(view: UndoView, item: UndoItemView, { csrf, signed }: Asked<unknown>): Html {
  const runs = signed && hasAny(runners, signed.who);
  const may = view.state === 'looked' && item.state === 'conflict' && runs;
  return html`<li class="card"><p><strong>${item.n}</strong> · <code>${plain(`${item.connector}.${item.tool}`)}</code> · ${item.state}</p>
<p>${plain(item.says ?? undoItemStates[item.state])}${item.included && html` Overwritten all the same: <q>${plain(item.included.because)}</q> (${plain(item.included.by)}).`}</p>
<p class="quiet">call ${item.call}${item.ran !== undefined && html`; undone by call ${item.ran}`}</p>
${may && html`<details><summary>Overwrite it all the same</summary><form method="post" action="/undo/${view.id}/include">${csrf}<input type="hidden" name="n" value="${item.n}"><div class="field"><label for="b-${item.n}">Why</label><input id="b-${item.n}" name="because" required maxlength="500" autocomplete="off"></div><button class="bad">Overwrite change ${item.n}</button></form></details>`}
${item.state === 'unknown' && runs && html`<details><summary>I looked: say what became of it</summary><form method="post" action="/undo/${view.id}/settle">${csrf}<input type="hidden" name="n" value="${item.n}"><div class="field"><label for="s-${item.n}">How you know</label><input id="s-${item.n}" name="reason" required maxlength="500" autocomplete="off"></div><button name="as" value="done">It was taken back</button> <button name="as" value="not_done">It was not taken back</button></form></details>`}</li>`;
}

function forms(view: UndoView, csrf: Html): Html {
  const possible = view.counts.possible ?? 0;
  const post = (act: string, label: string, look = '') =>
    html`<form method="post" action="/undo/${view.id}/${act}">${csrf}<button class="${look}">${label}</button></form>`;
  const withReason = (act: string, label: string) =>
    html`<details><summary>${label}</summary><form method="post" action="/undo/${view.id}/${act}">${csrf}<div class="field"><label for="${act}">Why</label><input id="${act}" name="reason" required maxlength="500" autocomplete="off"></div><button class="bad">${label}</button></form></details>`;
  return html`${view.state === 'looked' && possible > 0 && post('start', `Undo ${possible === 1 ? 'one change' : `${count(possible)} changes`}`, 'bad')}
${view.state === 'paused' && post('resume', 'Go on')}
${view.state === 'undoing' && withReason('pause', 'Pause')}
${view.state !== 'undone' && view.state !== 'aborted' && withReason('abort', 'End it: what was not undone stays')}`;
}

/** Every undo, and a form that asks for another. */
export function listPage({ csrf, signed }: Asked<unknown>, all: readonly UndoSummary[]): Html {
  const kinds = ['call', 'batch', 'run', 'release'] as const;
  return html`<h1>Undos</h1>
<p class="lead">What was done is taken back by calls of its own: looked at first, then started by an operator.</p>
${
  signed &&
  hasAny(runners, signed.who) &&
  html`<details><summary>Look at what can be undone</summary><form method="post" action="/undos">${csrf}
<div class="field"><label for="kind">What</label><select id="kind" name="kind">${kinds.map((kind) => html`<option value="${kind}">${kind}</option>`)}</select></div>
<div class="field"><label for="id">Its id, or plugin@version</label><input id="id" name="id" required maxlength="200" autocomplete="off"></div>
<div class="field"><label for="since">For a release: since (2026-11-21T09:00:00Z)</label><input id="since" name="since" maxlength="40" autocomplete="off"></div>
<div class="field"><label for="reason">Why</label><input id="reason" name="reason" required maxlength="500" autocomplete="off"></div>
<button>Look: nothing is changed by it</button></form></details>`
}
${all.length === 0 ? html`<p class="quiet">Nothing was undone yet.</p>` : all.map(row)}`;
}

function row(undo: UndoSummary): Html {
  return html`<article class="card"><p class="state"><strong>${signs[undo.state]}</strong> · <a href="/undo/${undo.id}">${undo.id}</a></p>
<p>${plain(`${undo.scope.kind} ${undo.scope.id}`)}: ${plain(undo.says)}</p>
<p class="quiet">${plain(undo.person)}, ${minute(undo.asked_at_ms)}: <q>${plain(undo.reason)}</q></p></article>`;
}
