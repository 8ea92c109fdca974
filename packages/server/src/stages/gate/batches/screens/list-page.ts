import type { BatchSummary } from '@trapkey/contract/api/batches.ts';
import { type Html, html } from '../../../../kernel/html.ts';
import { count, plain } from '../../screens/words.ts';
import type { ListedBatches } from './listed.ts';
import { stateWords } from './words.ts';

/** Batches that concern whoever looks, those that wait for a person first. */
export function listPage({ batches, next, state }: ListedBatches): Html {
  const kinds = ['waiting', 'open', 'applying', 'applied', 'refused', 'all'] as const;
  return html`<h1>Batches</h1>
<p class="lead">${state === 'waiting' ? leadOf(batches.length) : `${batches.length} on this page.`}</p>
<nav class="actions filters" aria-label="which">${kinds.map((kind) => html`<a class="button"${kind === state && html` aria-current="page"`} href="/batches?state=${kind}">${kind === 'waiting' ? 'Waiting' : kind}</a>`)}</nav>
<ul class="tickets">${batches.map(row)}</ul>
${next !== undefined && html`<nav class="pages" aria-label="pages"><p><a rel="next" href="/batches?state=${state}&amp;cursor=${next}">Older</a></p></nav>`}`;
}

function leadOf(waiting: number): string {
  if (waiting === 0) return 'No batch waits for a person.';
  return waiting === 1 ? 'One batch waits for a person.' : `${waiting} batches wait for a person.`;
}

function row(batch: BatchSummary): Html {
  const { sign, word, tone } = stateWords[batch.state];
  const marked = batch.state === 'proposed' ? `, ${batch.marked} of ${batch.sample} marked` : '';
  return html`<li><a href="/b/${batch.id}"><span class="state ${tone}"><span aria-hidden="true">${sign}</span> ${word}${marked}</span>
<span class="what">${count(batch.changes)} ${batch.changes === 1 ? 'change' : 'changes'}${batch.tools.length > 0 && ` by ${batch.tools.map(({ tool }) => plain(tool)).join(', ')}`}</span>
<span class="quiet">${plain(batch.person)} with ${plain(batch.release)}${batch.attempt > 1 && `, submission ${batch.attempt}`}</span></a></li>`;
}
