import type { Json } from '@trapkey/contract/json.ts';
import type { Eligible, TicketDetail, TicketSummary } from '../../../kernel/approvals.ts';
import { type Html, html } from '../../../kernel/html.ts';
import type { Asked } from '../../../kernel/http.ts';
import { claimed, computed } from './facts.ts';
import { askingForms, decidingForms, runForm } from './forms.ts';
import { glassForm } from './glass-form.ts';
import { payloadHtml } from './payload.ts';
import type { Standing } from './standing.ts';
import { count, minute, names, plain, span, states } from './words.ts';

/** What one person is shown of one ticket. */
export interface Shown {
  readonly ticket: TicketDetail;
  readonly standing: Standing;
  readonly eligible: Eligible;
  /** Whether this person may let it run alone, in an emergency. */
  readonly glass: boolean;
  readonly asked: Asked<unknown>;
  /** Why what was sent was not done. */
  readonly problem?: { readonly says: string; readonly next: string | undefined } | undefined;
}

/** The page: what would happen first, then why, then what one can do about it. */
export function ticketPage(shown: Shown): Html {
  const { ticket, eligible, standing, glass, asked, problem } = shown;
  return html`<article>
${problem && html`<div class="notice bad" role="alert"><strong>Not done.</strong> ${problem.says} ${problem.next}</div>`}
${stateLine(ticket, asked.atMs)}
<h1 class="sentence">${plain(ticket.sentence)}</h1>
${ticket.edited && html`<p class="notice">A person changed what would be sent${ticket.editors && ticket.editors.length > 0 ? `: ${ticket.editors.map(plain).join(', ')}` : ''}. What the agent asked for is below.</p>`}
${factList(ticket)}
${agentSays(ticket)}
<section aria-labelledby="payload"><h2 id="payload">Exactly this would be sent</h2>
<p class="quiet">${plain(ticket.connector)}.${plain(ticket.tool)}, frozen: nothing can change it but a person, on record.</p>
${payloadHtml(ticket.payload.arguments)}
${!isEmpty(ticket.payload.extra) && html`<p>Beside the arguments:</p>${payloadHtml(ticket.payload.extra)}`}
<p><a class="button" href="/t/${ticket.id}/payload.json" download>Download all of it</a> <span class="quiet">that you did is recorded</span></p>
${ticket.original && html`<details><summary>What the agent asked for</summary>${payloadHtml(ticket.original.arguments)}</details>`}
</section>
${eligible.may ? decidingForms({ ticket, asked }) : whyNot(shown)}
${glass && glassForm({ ticket, asked })}
${standing === 'asker' && ticket.state === 'held' && askingForms({ ticket, asked })}
${ticket.state === 'approved' && ticket.runs !== 'approval' && standing !== 'onlooker' && runForm({ ticket, asked })}
${history(ticket)}
</article>`;
}

/** For somebody whom it does not concern: why there is nothing to see, and who can help. */
export function strangerPage(ticket: TicketSummary, owner: string, atMs: number): Html {
  return html`${stateLine(ticket, atMs)}
<h1>This ticket does not ask you</h1>
<p class="lead">Only who asked for the call and who may decide it see what it would do.</p>
<dl class="facts"><div><dt>Asked to decide</dt><dd>${names(ticket.asked)}</dd></div>
<div><dt>Who can change that</dt><dd>${plain(owner)} (rule ${plain(ticket.rule)})</dd></div></dl>
<p><a class="button" href="/ask?rule=${encodeURIComponent(ticket.rule)}">Ask the owner</a></p>`;
}

function stateLine(ticket: TicketSummary, atMs: number): Html {
  const { sign, word, says } = states[ticket.state];
  const left = ticket.state === 'held' || ticket.state === 'approved';
  return html`<p class="state ${ticket.state}"><strong><span aria-hidden="true">${sign}</span> ${word}</strong> ${says}
${left && html` <span class="clock">Expires in ${span(ticket.expiresAtMs - atMs)} <span class="quiet">at ${minute(ticket.expiresAtMs)}</span></span>`}</p>
${ticket.frozen && html`<p class="problem" role="status"><strong>Frozen.</strong> ${plain(ticket.frozen.says)}. Nobody can approve it and it does not run until that stop is released.</p>`}`;
}

function factList(ticket: TicketDetail): Html {
  const rows: readonly (readonly [string, string | Html])[] = [
    ['For', plain(ticket.person)],
    ['With', plain(ticket.release)],
    ['Reaches', ticket.reach === null ? 'nobody could count how many' : count(ticket.reach)],
    ...(ticket.cumulative !== undefined && ticket.cumulative !== null && ticket.cumulative !== ticket.reach
      ? ([['Together with other pieces', count(ticket.cumulative)]] as const)
      : []),
    ...computed(ticket.facts, ticket.reach),
    ['Asked to decide', `${names(ticket.asked)}${ticket.escalatedTo?.length ? `, and since nobody did ${names(ticket.escalatedTo)}` : ''}`],
    [
      'Approvals',
      `${ticket.approvals.length} of ${ticket.needs}${ticket.distinct?.length ? `, from each of ${names(ticket.distinct)}` : ''}`,
    ],
    ['Why it is asked', `rule ${plain(ticket.rule)}`],
  ];
  return html`<dl class="facts">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
${ticket.pieces && ticket.pieces.length > 0 && html`<p>Pieces of the same goal: ${ticket.pieces.map((piece) => html`<a href="/t/${piece.id}">${piece.id}</a> (${states[piece.state].word.toLowerCase()}, ${piece.reach === null ? 'not counted' : count(piece.reach)}) `)}</p>`}`;
}

function agentSays(ticket: TicketDetail): Html {
  const said = claimed(ticket.facts);
  if (said === undefined) return html``;
  return html`<figure class="claim"><figcaption>The agent says, and nothing here proves it</figcaption><blockquote>${said}</blockquote></figure>`;
}

function whyNot({ ticket, standing, eligible, asked }: Shown): Html {
  if (eligible.may) return html``;
  if (ticket.state !== 'held')
    return ticket.decidedReason === undefined
      ? html``
      : html`<p class="notice"><strong>Reason given:</strong> <q>${plain(ticket.decidedReason)}</q></p>`;
  const says = standing === 'asker' ? `You asked for this, so somebody else decides: ${names(ticket.asked)}.` : eligible.says;
  return html`<p class="notice"><strong>${asked.signed?.who.person} cannot decide this.</strong> ${says}</p>`;
}

function history(ticket: TicketDetail): Html {
  const decided = ticket.decidedAtMs;
  const events = [
    { atMs: ticket.createdAtMs, says: html`Held for ${plain(ticket.person)}` },
    ...ticket.approvals.map((one) => ({
      atMs: one.atMs,
      says: html`Approved by ${plain(one.person)}${one.kind === 'self' && ', who asked for it'}${one.kind === 'break-glass' && ', alone, in an emergency'}${one.inPlaceOf !== undefined && `, in place of ${plain(one.inPlaceOf)}`}`,
    })),
    ...(ticket.notes ?? []).map((note) => ({
      atMs: note.atMs,
      says: html`${plain(note.person)} (${note.kind}): <q>${plain(note.text)}</q>`,
    })),
    ...(decided === undefined || ticket.state === 'held'
      ? []
      : [{ atMs: decided, says: html`${ticket.approvals.some((one) => one.atMs === decided) ? 'Complete' : states[ticket.state].word}` }]),
  ].sort((a, b) => a.atMs - b.atMs);
  return html`<section aria-labelledby="history"><h2 id="history">What happened</h2>
<ol class="history">${events.map(({ atMs, says }) => html`<li><time datetime="${new Date(atMs).toISOString()}">${minute(atMs)}</time> ${says}</li>`)}</ol>
<p class="quiet">Ticket ${ticket.id}, run ${plain(ticket.run)}, call ${plain(ticket.call)}. Bound to arguments <code>${ticket.bound.arguments}</code>.</p></section>`;
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
