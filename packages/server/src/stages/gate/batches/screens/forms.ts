import type { BatchDetail, BatchSummary } from '@trapkey/contract/api/batches.ts';
import { type Html, html } from '../../../../kernel/html.ts';
import type { Asked } from '../../../../kernel/http.ts';
import { isFresh } from '../../../../kernel/sessions.ts';
import { count } from '../../screens/words.ts';
import { asksForMore } from './acts.ts';

/** Everything that somebody who may decide can do with the whole of it; each form is one act. */
export function decidingForms({ batch, draw, approvable }: BatchDetail, asked: Asked<unknown>): Html {
  const forms = formsOf(batch, asked, approvable);
  if (forms.length === 0 || (batch.state === 'proposed' && draw.seed === null)) return html``;
  return html`<section class="decide" aria-labelledby="decide"><h2 id="decide">The whole of it</h2>${forms}</section>`;
}

function formsOf(batch: BatchSummary, asked: Asked<unknown>, approvable: boolean): readonly Html[] {
  const act = (name: string, inner: Html) =>
    html`<form class="card" method="post" action="/b/${batch.id}/${name}" aria-label="${name}">${asked.csrf}${inner}</form>`;
  const fresh = asked.signed !== undefined && isFresh(asked.signed.who, asked.atMs);
  const refuse = act(
    'refuse',
    html`<h3>Refuse</h3>${reason('refuse', 'the agent and its person read it')}<p class="actions"><button class="bad">Refuse</button></p>`,
  );
  switch (batch.state) {
    case 'proposed':
      return approvable ? [asksForMore(batch) && !fresh ? stepUp(batch) : act('approve', approving(batch)), refuse] : [refuse];
    case 'returned':
      return approvable ? [refuse, fresh ? act('approve', approving(batch)) : stepUp(batch)] : [refuse];
    case 'ready':
      return [
        ...(approvable && !(asksForMore(batch) && !fresh) ? [act('approve', approving(batch))] : []),
        batch.tier === 'high' && !fresh
          ? stepUp(batch)
          : act(
              'apply',
              html`<h3>Apply</h3><p>First 1, then 10, 1 %, 10 %, the rest; each change is decided again as it is made.</p><p class="actions"><button class="primary">Apply</button></p>`,
            ),
        refuse,
      ];
    case 'applying':
      return [
        act('pause', html`<h3>Pause</h3>${reason('pause', 'kept in the record')}<p class="actions"><button>Pause</button></p>`),
        aborting(act),
      ];
    case 'paused':
      return [
        ...(approvable && !(asksForMore(batch) && !fresh) ? [act('approve', approving(batch))] : []),
        batch.tier === 'high' && !fresh
          ? stepUp(batch)
          : act('resume', html`<h3>Go on</h3><p class="actions"><button class="primary">Resume</button></p>`),
        aborting(act),
      ];
    default:
      return [];
  }
}

function aborting(act: (name: string, inner: Html) => Html): Html {
  return act(
    'abort',
    html`<h3>End it here</h3><p>What was made stays made; it can be undone. The rest is not made.</p>${reason('abort', 'kept in the record')}<p class="actions"><button class="bad">Abort</button></p>`,
  );
}

function approving(batch: BatchSummary): Html {
  const returned = batch.state === 'returned';
  const left = Math.max(1, batch.needs) - batch.approvals.length - 1;
  return html`<input type="hidden" name="seen_state" value="${batch.state}"><input type="hidden" name="seen_wrong" value="${batch.wrong}">
<h3>${returned ? 'Approve it all the same' : 'Approve the whole'}</h3>
${left > 0 && html`<p>${left} more after you.</p>`}
${returned && html`<p>${count(batch.wrong)} marked wrong. What is wrong is made as it is.</p>`}
${returned ? reason('approve', 'kept in the record') : ''}
${
  asksForMore(batch) &&
  html`<p class="field"><label for="confirm">Type how many changes it has, ${batch.changes}</label>
<input id="confirm" name="confirm" inputmode="numeric" autocomplete="off" required maxlength="20" size="12"></p>`
}
<p class="actions"><button class="${returned ? 'bad' : 'primary'}">Approve</button></p>`;
}

function stepUp({ id }: BatchSummary): Html {
  return html`<div class="card"><h3>Let it go on</h3><p>This is of the high tier: show your credential once more, then you can.</p>
<p class="actions"><a class="button primary" href="/prove?to=/b/${id}">Show that it is me</a></p></div>`;
}

function reason(name: string, who: string): Html {
  return html`<p class="field"><label for="reason-${name}">Why <span class="quiet">${who}</span></label>
<textarea id="reason-${name}" name="reason" rows="2" required maxlength="500"></textarea></p>`;
}
