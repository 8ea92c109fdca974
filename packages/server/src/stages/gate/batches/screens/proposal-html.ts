import type { BatchDetail, BatchProposal } from '@trapkey/contract/api/batches.ts';
import { type Html, html } from '../../../../kernel/html.ts';
import { count, plain } from '../../screens/words.ts';
import { stateWords, valueWords } from './words.ts';

/** Totals and distributions: what the whole of it would do. */
export function proposalHtml(batch: string, proposal: BatchProposal): Html {
  return html`<section aria-labelledby="whole"><h2 id="whole">What the whole of it would do</h2>
${warnings(proposal, batch)}
${proposal.fields.map(fieldHtml)}
${
  proposal.destinations.length > 0 &&
  html`<details><summary>Where it goes</summary><dl class="facts">${proposal.destinations.map(({ value, count: many }) => html`<div><dt>${plain(value)}</dt><dd>${count(many)}</dd></div>`)}</dl></details>`
}
</section>`;
}

/** What the sample says of the whole, exactly; and what a larger one would take. */
export function statementHtml({ statement, clean, because, batch, draw }: BatchDetail): Html {
  const said = statement ?? (batch.state === 'proposed' ? clean : null);
  if (!said) return html``;
  return html`<section aria-labelledby="says"><h2 id="says">${statement ? 'What the sample says' : 'What the sample can say'}</h2>
<p>${said.says}</p>
<p class="quiet">${batch.sample} drawn by lot${batch.inspection !== null && `, ${batch.inspection} inspection`}${because !== null && `: ${because}`}. Only these count; what is shown besides does not.</p>
<details><summary>How it was drawn</summary><dl class="facts">
<div><dt>Committed to</dt><dd><code>${draw.commitment ?? 'nothing'}</code></dd></div>
<div><dt>Seed</dt><dd><code>${draw.seed ?? 'not revealed yet'}</code></dd></div>
<div><dt>Root</dt><dd><code>${draw.root ?? 'not known yet'}</code></dd></div></dl></details></section>`;
}

function warnings({ lists, duplicates, conflicts, unreadable, reach }: BatchProposal, batch: string): Html {
  const at = (n: number) => html`<a href="/b/${batch}/changes?state=all&amp;cursor=${n - 1}">${n}</a>`;
  return html`${lists.map(({ list, changes, examples }) => html`<p class="notice bad"><strong>${count(changes)} on ${plain(list)}:</strong> ${examples.map((n) => html`${at(n)} `)}${changes > examples.length && '…'}</p>`)}
${duplicates.records > 0 && html`<p class="notice"><strong>${count(duplicates.records)} changed more than once</strong>, by ${count(duplicates.changes)} changes, in their order: ${duplicates.examples.slice(0, 5).map((pair, index) => html`${index > 0 && '; '}${at(pair[0] ?? 0)} and ${at(pair.at(-1) ?? 0)}`)}</p>`}
${conflicts.map(({ batch: other, state, person, records }) => html`<p class="notice"><strong>${count(records)} also in <a href="/b/${other}">${other}</a></strong> of ${plain(person)}, ${stateWords[state].word.toLowerCase()}</p>`)}
${unreadable > 0 && html`<p class="notice bad"><strong>${count(unreadable)} cannot be opened.</strong></p>`}
<dl class="facts"><div><dt>Records</dt><dd>${count(reach.records)}</dd></div>${reach.people > 0 && html`<div><dt>People</dt><dd>${count(reach.people)}</dd></div>`}${reach.unknown > 0 && html`<div><dt>Not counted</dt><dd>${count(reach.unknown)} changes</dd></div>`}</dl>`;
}

function fieldHtml({ tool, field, values, rest, kinds }: BatchProposal['fields'][number]): Html {
  return html`<details${values.length > 0 && kinds <= 10 && html` open`}><summary>${plain(field)} <span class="quiet">&nbsp;of ${plain(tool)}</span></summary>
<dl class="facts diff">${values.map(
    ({ from, to, count: many }) =>
      html`<div><dt>${count(many)}</dt><dd>${from !== null && html`<del><span class="sr">was </span>${valueWords(from)}</del> <span aria-hidden="true">→</span> `}<ins><span class="sr">becomes </span>${valueWords(to ?? undefined)}</ins></dd></div>`,
  )}${rest > 0 && html`<div><dt>${count(rest)}</dt><dd class="quiet">with other values</dd></div>`}</dl></details>`;
}
