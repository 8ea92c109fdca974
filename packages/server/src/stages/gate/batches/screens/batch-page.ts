import type { BatchChange, BatchDetail, BatchSummary } from '@trapkey/contract/api/batches.ts';
import { type Html, html } from '../../../../kernel/html.ts';
import type { Asked } from '../../../../kernel/http.ts';
import { count, minute, names, plain } from '../../screens/words.ts';
import { changeCard } from './change-card.ts';
import { decidingForms } from './forms.ts';
import { proposalHtml, statementHtml } from './proposal-html.ts';
import { stateWords } from './words.ts';

/** What one person is shown of one batch. */
export interface ShownBatch {
  readonly detail: BatchDetail;
  /** Drawn changes that are left to mark, what is shown besides, and what was found wrong. */
  readonly left: readonly BatchChange[];
  readonly beside: readonly BatchChange[];
  readonly wrong: readonly BatchChange[];
  readonly unknown: readonly BatchChange[];
  readonly asked: Asked<unknown>;
  /** Why what was sent was not done. */
  readonly problem?: { readonly says: string; readonly next: string | undefined } | undefined;
}

/** The page: where it stands, what is to be marked next, what the sample says, then the whole. */
export function batchPage(shown: ShownBatch): Html {
  const { detail, asked, problem } = shown;
  const { batch, proposal } = detail;
  return html`
${problem && html`<div class="notice bad" role="alert"><strong>Not done.</strong> ${problem.says} ${problem.next}</div>`}
${stateLine(batch)}
<h1 class="sentence">${count(batch.changes)} ${batch.changes === 1 ? 'change' : 'changes'} by ${plain(batch.release)} for ${plain(batch.person)}${batch.attempt > 1 && `, submission ${batch.attempt}`}</h1>
${detail.waits_for !== null && html`<p class="lead">Waits for ${plain(detail.waits_for)}.</p>`}
${!detail.eligible.may && html`<p class="notice"><strong>${asked.signed?.who.person} cannot decide this.</strong> ${detail.eligible.says}</p>`}
${cards(shown)}
${statementHtml(detail)}
${proposal !== null && proposalHtml(batch.id, proposal)}
${detail.eligible.may && decidingForms(detail, asked)}
${factList(batch, detail.undone)}
<nav class="desks" aria-label="More of this batch"><a href="/b/${batch.id}/changes?state=sample">Its sample</a> <a href="/b/${batch.id}/changes">All its changes</a> <a href="/batches">Other batches</a></nav>`;
}

/** For somebody whom it does not concern: why there is nothing to see, and who can help. */
export function strangerPage(batch: BatchSummary, owner: string, says = 'This batch does not ask you'): Html {
  return html`${stateLine(batch)}
<h1>${plain(says)}</h1>
<p class="lead">Only the person whose agent made it and who may decide it see what it would do.</p>
<dl class="facts"><div><dt>Asked to decide</dt><dd>${names(batch.asked)}</dd></div>
<div><dt>Who can change that</dt><dd>${plain(owner)} (rule ${plain(batch.rule)})</dd></div></dl>`;
}

/** One page of its changes. */
export function changesPage(
  batch: BatchSummary,
  changes: readonly BatchChange[],
  at: { readonly state: string; readonly next: string | undefined },
): Html {
  const kinds = [
    ['all', 'All'],
    ['sample', 'Sample'],
    ['extra', 'Shown besides'],
    ['wrong', 'Wrong'],
    ['unknown', 'Unknown'],
    ['conflict', 'Conflicts'],
    ['failed', 'Failed'],
  ] as const;
  return html`<h1>Changes of <a href="/b/${batch.id}">${batch.id}</a></h1>
<nav class="actions filters" aria-label="which">${kinds.map(([state, word]) => html`<a class="button"${state === at.state && html` aria-current="page"`} href="/b/${batch.id}/changes?state=${state}">${word}</a>`)}</nav>
${changes.length === 0 && html`<p>None.</p>`}
${changes.map((change) => changeCard(change, undefined))}
${at.next !== undefined && html`<p><a rel="next" href="/b/${batch.id}/changes?state=${at.state}&amp;cursor=${at.next}">More</a></p>`}`;
}

function cards({ detail, left, beside, wrong, unknown, asked }: ShownBatch): Html {
  const { batch, eligible } = detail;
  const marking =
    eligible.may && (batch.state === 'proposed' || batch.state === 'returned') ? { batch: batch.id, csrf: asked.csrf } : undefined;
  return html`${wrong.length > 0 && html`<section><h2>Found wrong</h2>${wrong.map((one) => changeCard(one, undefined))}</section>`}
${unknown.length > 0 && html`<section><h2>Look these up</h2><p>Each was sent and no answer says what came of it. Look at the record itself, then say.</p>${unknown.map((one) => html`${changeCard(one, undefined)}${eligible.may && settleForm(batch.id, one.n, asked)}`)}</section>`}
${
  left.length > 0 &&
  html`<section aria-labelledby="next"><h2 id="next">Is this right? <span class="quiet">${batch.marked} of ${batch.sample} marked</span></h2>${left.slice(0, 1).map((one) => changeCard(one, marking))}
${left.length > 1 && html`<details><summary>The next of the sample</summary>${left.slice(1).map((one) => changeCard(one, marking))}</details>`}</section>`
}
${beside.length > 0 && marking && html`<section><details${left.length === 0 && html` open`}><summary>${beside.length} shown beside the sample</summary><p class="quiet">Chosen and not drawn, so they never count in what the sample says; one that is wrong returns the batch all the same.</p>${beside.map((one) => changeCard(one, marking))}</details></section>`}`;
}

function settleForm(batch: string, n: number, asked: Asked<unknown>): Html {
  return html`<form class="card" method="post" action="/b/${batch}/settle" aria-label="settle change ${n}">${asked.csrf}<input type="hidden" name="n" value="${n}">
<p class="field"><label for="settle-${n}">How do you know</label><textarea id="settle-${n}" name="reason" rows="2" required maxlength="500"></textarea></p>
<p class="actions"><button name="as" value="done">It was made</button><button name="as" value="not_done">It was not made</button></p></form>`;
}

function stateLine(batch: BatchSummary): Html {
  const { sign, word, tone } = stateWords[batch.state];
  return html`<p class="state ${tone}"><strong><span aria-hidden="true">${sign}</span> ${word}</strong> ${batch.says}</p>
${batch.reason !== null && html`<p class="notice"><strong>Reason:</strong> <q>${plain(batch.reason)}</q></p>`}
${batch.paused_for !== null && html`<p class="notice"><strong>Paused:</strong> ${plain(batch.paused_for)}</p>`}
${batch.frozen !== null && html`<p class="notice bad" role="status"><strong>Frozen.</strong> ${plain(batch.frozen.says)}. It goes no further until that stop is released.</p>`}`;
}

function factList(batch: BatchSummary, { changes, undos }: BatchDetail['undone']): Html {
  const { done, failed, conflicts, refused, unknown } = batch.progress;
  const rows: readonly (readonly [string, string | Html])[] = [
    ['By', batch.tools.map(({ tool, count: many }) => `${count(many)} × ${plain(tool)}`).join(', ') || 'not submitted yet'],
    ['Reaches', count(batch.reach)],
    ['Can be undone', batch.lasting ? 'no' : 'as far as its tools say'],
    ['Asked to decide', names(batch.asked)],
    [
      'Approvals',
      batch.needs === 0
        ? 'its sample decides'
        : `${batch.approvals.length} of ${batch.needs}${batch.distinct.length > 0 ? `, from each of ${names(batch.distinct)}` : ''}`,
    ],
    ...(batch.replaces === null
      ? []
      : ([['After', html`<a href="/b/${batch.replaces}">${batch.replaces}</a>, which was returned`]] as const)),
    ...(done + failed + conflicts + refused + unknown > 0
      ? ([
          [
            'So far',
            `${count(done)} made, ${count(failed)} failed, ${count(conflicts)} conflicts, ${count(refused)} refused, ${count(unknown)} unknown`,
          ],
        ] as const)
      : []),
    ...(changes > 0
      ? ([['Undone', html`${count(changes)}, by ${undos.map((one) => html`<a href="/undo/${one}">${one}</a> `)}`]] as const)
      : []),
    ['Began', minute(batch.created_at_ms)],
    ['Batch', html`${batch.id}, run ${plain(batch.run)}, rule ${plain(batch.rule)}`],
  ];
  return html`<section aria-labelledby="facts"><h2 id="facts">About it</h2><dl class="facts">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}
