import type { TicketDetail } from '../../../kernel/approvals.ts';
import { type Html, html } from '../../../kernel/html.ts';
import type { Asked } from '../../../kernel/http.ts';
import { isFresh } from '../../../kernel/sessions.ts';
import { listsIn } from './payload.ts';
import { confirmation, count, isHigh } from './words.ts';

/** A ticket, and who looks at it. */
export interface About {
  readonly ticket: TicketDetail;
  readonly asked: Asked<unknown>;
}

const lettingForms = ['approve', 'part', 'edit', 'break_glass'];

/** Everything that somebody who may decide can do, the likeliest first; each form is one act. */
export function decidingForms({ ticket, asked }: About): Html {
  const high = isHigh(ticket);
  const fresh = asked.signed !== undefined && isFresh(asked.signed.who, asked.atMs);
  const letting =
    high && !fresh ? stepUp(ticket) : html`${approveForm(ticket, asked, high)}${partForm(ticket, asked)}${editForm(ticket, asked)}`;
  return html`<section class="decide" aria-labelledby="decide"><h2 id="decide">Your decision</h2>
${letting}
${form(
  ticket,
  asked,
  'refuse',
  html`<h3>Refuse</h3>
<p class="field"><label for="reason">Why <span class="quiet">the agent and its person read it</span></label>
<textarea id="reason" name="reason" rows="2" required maxlength="2000"></textarea></p>
<p class="actions"><button name="decision" value="refuse" class="bad">Refuse</button>
<button name="decision" value="refuse_and_stop" class="bad quiet-button">Refuse and stop the run</button></p>`,
)}
<details><summary>Ask a question first</summary>${form(
    ticket,
    asked,
    'ask',
    html`<p class="field"><label for="question">Question to ${ticket.person} <span class="quiet">never shown to the agent</span></label>
<textarea id="question" name="text" rows="2" required maxlength="4000"></textarea></p>
<p class="actions"><button name="decision" value="ask">Ask</button></p>`,
  )}</details>
<details><summary>I need more time</summary>${form(
    ticket,
    asked,
    'extend',
    html`<p class="field"><label for="hours">Keep it open for another</label>
<select id="hours" name="hours"><option value="1">1 hour</option><option value="4">4 hours</option><option value="24">1 day</option></select></p>
<p class="actions"><button name="decision" value="extend">Extend</button></p>`,
  )}</details>
</section>`;
}

/** What the person who asked can do: answer, or take it back. */
export function askingForms({ ticket, asked }: About): Html {
  const open = ticket.notes?.some((note) => note.kind === 'question') ?? false;
  return html`<section class="decide" aria-label="What you can do">
${
  open &&
  form(
    ticket,
    asked,
    'answer',
    html`<h2>Answer</h2><p class="field"><label for="answer">Your answer to the question above</label>
<textarea id="answer" name="text" rows="3" required maxlength="4000"></textarea></p>
<p class="actions"><button class="primary" name="decision" value="answer">Answer</button></p>`,
  )
}
${form(ticket, asked, 'withdraw', html`<p>Not needed any more?</p><p class="actions"><button name="decision" value="withdraw">Take it back</button></p>`)}
</section>`;
}

/** What may be done with an approved ticket whose agent has not come back. */
export function runForm({ ticket, asked }: About): Html {
  return form(
    ticket,
    asked,
    'run',
    html`<p>It runs once, when its agent comes back or now. Its result waits for the agent.</p>
<p class="actions"><button name="decision" value="run">Run it now</button></p>`,
  );
}

/** One act as a form; what lets it run says which payload it is for. */
export function form(ticket: TicketDetail, asked: Asked<unknown>, name: string, inner: Html): Html {
  // What lets it run says which payload it is for: the one that this page shows.
  const seen = lettingForms.includes(name) && html`<input type="hidden" name="seen" value="${ticket.bound.arguments}">`;
  return html`<form class="card" method="post" action="/t/${ticket.id}/decide" aria-label="${name}">${asked.csrf}${seen}${inner}</form>`;
}

function stepUp(ticket: TicketDetail): Html {
  return html`<div class="card"><h3>Approve</h3><p>This is of the high tier: show your credential once more, then you can approve it, a part of it, or a changed version.</p>
<p class="actions"><a class="button primary" href="/prove?to=/t/${ticket.id}">Show that it is me</a></p></div>`;
}

function approveForm(ticket: TicketDetail, asked: Asked<unknown>, high: boolean): Html {
  const more = ticket.needs - ticket.approvals.length - 1;
  return form(
    ticket,
    asked,
    'approve',
    html`<h3>Approve exactly this, once</h3>
${more > 0 && html`<p>${more} more after you.</p>`}
${high && confirmField(ticket, 'confirm')}
<p class="check"><input type="checkbox" id="runs" name="runs" value="approval"><label for="runs">Run at once, without waiting for the agent to come back</label></p>
<p class="actions"><button class="primary" name="decision" value="approve">Approve</button></p>`,
  );
}

/** What is typed, so that nobody lets a number run that they did not read. */
export function confirmField(ticket: TicketDetail, id: string): Html {
  const number = confirmation(ticket);
  const what = ticket.reach === null ? `the last four characters of the ticket, ${number}` : `how many it reaches, ${number}`;
  return html`<p class="field"><label for="${id}">Type ${what}</label>
<input id="${id}" name="confirm" inputmode="${ticket.reach === null ? 'text' : 'numeric'}" autocomplete="off" required maxlength="20" size="12"></p>`;
}

function partForm(ticket: TicketDetail, asked: Asked<unknown>): Html {
  const lists = listsIn(ticket.payload.arguments);
  const [first] = lists;
  if (!first) return html``;
  return html`<details><summary>Approve a smaller part</summary>${form(
    ticket,
    asked,
    'part',
    html`
${
  lists.length === 1
    ? html`<input type="hidden" name="argument" value="${first.name}">`
    : html`<p class="field"><label for="argument">Of which list</label><select id="argument" name="argument">${lists.map((list) => html`<option value="${list.name}">${list.name} (${count(list.length)})</option>`)}</select></p>`
}
<p class="field"><label for="first">Only the first <span class="quiet">of ${count(first.length)} in ${first.name}</span></label>
<input id="first" name="first" inputmode="numeric" autocomplete="off" required maxlength="12" size="12"></p>
<p class="actions"><button name="decision" value="part">Approve this part</button></p>`,
  )}</details>`;
}

function editForm(ticket: TicketDetail, asked: Asked<unknown>): Html {
  return html`<details><summary>Change what would be sent</summary>${form(
    ticket,
    asked,
    'edit',
    html`
<p>The changed call is decided anew, earlier approvals end, and somebody else must approve it too.</p>
<p class="field"><label for="arguments">Arguments, as JSON</label>
<textarea id="arguments" name="arguments" class="code" rows="10" spellcheck="false" required>
${JSON.stringify(ticket.payload.arguments, null, 2)}</textarea></p>
<p class="actions"><button name="decision" value="edit">Save the change</button></p>`,
  )}</details>`;
}
