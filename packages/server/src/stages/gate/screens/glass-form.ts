import { type Html, html } from '../../../kernel/html.ts';
import { isFresh } from '../../../kernel/sessions.ts';
import { type About, confirmField, form } from './forms.ts';
import { isHigh } from './words.ts';

/** Letting it run alone, in an emergency: folded away, so that nobody does it for a decision. */
export function glassForm({ ticket, asked }: About): Html {
  const high = isHigh(ticket);
  const fresh = asked.signed !== undefined && isFresh(asked.signed.who, asked.atMs);
  if (high && !fresh)
    return html`<details class="card"><summary>Break the glass</summary><p>It is of the high tier: show your credential once more first.</p>
<p class="actions"><a class="button" href="/prove?to=/t/${ticket.id}">Show that it is me</a></p></details>`;
  return html`<details class="card"><summary>Break the glass</summary>${form(
    ticket,
    asked,
    'break_glass',
    html`<p>It may run once, within 15 minutes. It is written down as break-glass, told to everybody who was asked, and stays an alert until somebody who neither let it run nor asked for it has looked at it.</p>
<p class="field"><label for="emergency">Why it cannot wait <span class="quiet">kept in the record</span></label>
<textarea id="emergency" name="reason" rows="2" required maxlength="2000"></textarea></p>
${high && confirmField(ticket, 'glass-confirm')}
<p class="actions"><button name="decision" value="break_glass" class="bad">Let it run alone</button></p>`,
  )}</details>`;
}
