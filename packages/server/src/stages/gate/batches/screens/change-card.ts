import type { BatchChange } from '@trapkey/contract/api/batches.ts';
import { changeStates } from '../../../../kernel/batches.ts';
import { type Html, html } from '../../../../kernel/html.ts';
import type { Asked } from '../../../../kernel/http.ts';
import { count, plain } from '../../screens/words.ts';
import { becauseWords, valueWords } from './words.ts';

/** Whether this person may mark it here, and with what. */
interface Marking {
  readonly batch: string;
  readonly csrf: Asked<unknown>['csrf'];
}

/** One change: which record, what was there and what would be, its mark or the form for it. */
export function changeCard(change: BatchChange, marking: Marking | undefined): Html {
  const title = change.drawn === null ? `Change ${change.n}` : `Change ${change.n}, drawn ${change.drawn}.`;
  return html`<article class="card" id="change-${change.n}"><h3>${title}</h3>
<p class="quiet">${plain(change.connector)}.${plain(change.tool)}${change.reach !== null && change.reach !== 1 && `, reaches ${count(change.reach)}`}${change.shown_because !== null && `, shown because: ${becauseWords(change.shown_because)}`}. ${changeStates[change.state]}</p>
${change.lists.length > 0 && html`<p class="notice bad"><strong>On a list:</strong> ${change.lists.map(plain).join(', ')}</p>`}
${diffHtml(change)}
${change.mark !== null && marked(change)}
${change.mark === null && change.state === 'staged' && marking && markForms(change, marking)}
</article>`;
}

function diffHtml({ diff, record }: BatchChange): Html {
  if (diff === null)
    return html`<p class="notice bad">What it carries cannot be opened: it was erased, or its key is not here. Refuse what nobody can look at.</p>`;
  const about = Object.entries((record ?? {}) as Readonly<Record<string, unknown>>);
  return html`${about.length > 0 && html`<p>${about.map(([name, value]) => html`<span class="quiet">${plain(name)}</span> <strong>${valueWords(value)}</strong> `)}</p>`}
<dl class="facts diff">${diff.map(
    ({ field, from, to }) =>
      html`<div><dt>${plain(field)}</dt><dd>${from !== undefined && html`<del><span class="sr">was </span>${valueWords(from)}</del> <span aria-hidden="true">→</span> `}<ins><span class="sr">becomes </span>${valueWords(to)}</ins></dd></div>`,
  )}</dl>
${diff.length === 0 && html`<p class="quiet">It would leave the record as it is.</p>`}`;
}

function marked({ mark, marked_by: by, note }: BatchChange): Html {
  const right = mark === 'right';
  return html`<p class="state ${right ? 'approved' : 'refused'}"><strong><span aria-hidden="true">${right ? '✓' : '✕'}</span> ${right ? 'Right' : 'Wrong'}</strong>, says ${plain(by ?? '')}${note !== null && html`: <q>${plain(note)}</q>`}</p>`;
}

function markForms({ n }: BatchChange, { batch, csrf }: Marking): Html {
  return html`<form method="post" action="/b/${batch}/mark" aria-label="mark change ${n}">${csrf}<input type="hidden" name="n" value="${n}">
<p class="field"><label for="note-${n}">Note <span class="quiet">needed where it is wrong: the agent and the owner read it</span></label>
<textarea id="note-${n}" name="note" rows="2" maxlength="500"></textarea></p>
<p class="actions"><button name="mark" value="right" class="primary">Right</button><button name="mark" value="wrong" class="bad">Wrong</button></p></form>`;
}
