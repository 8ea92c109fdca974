import type { UserError } from '../../../kernel/errors.ts';
import { type Html, html } from '../../../kernel/html.ts';
import { type Asked, signedIn } from '../../../kernel/http.ts';
import type { StopView } from '../../../kernel/readers.ts';
import { scopeText } from '../covers.ts';
import { seesAll } from './asking.ts';

/** What is stopped, and the form that stops more: one screen of a phone, one field that has to be filled. */
export function stopPage({
  stops,
  unreadable,
  asked,
  problem,
}: {
  readonly stops: readonly StopView[];
  /** `stops` is what was known last; every call is refused. */
  readonly unreadable: boolean;
  readonly asked: Asked<unknown>;
  readonly problem: UserError | undefined;
}): Html {
  const signed = signedIn(asked);
  const administrator = signed.who.roles.includes('administrator');
  // Whoever may stop everything types it: one careless click must not.
  const suggested = seesAll(signed) ? '' : `person:${signed.who.person}`;
  return html`<h1>Stop</h1>
${problem && html`<p class="problem" role="alert"><strong>${problem.message}</strong> ${problem.next ?? ''}</p>`}
<form method="post" action="/stops">${asked.csrf}
<label>What <input name="scope" value="${asked.query['scope'] ?? suggested}" placeholder="plugin:sales-outreach" required autocomplete="off" autocapitalize="none" spellcheck="false"></label>
<p class="quiet">everything, plugin:…, connector:…, tool:…, effect:…, person:…, run:… or agent:…</p>
<label>Why <input name="reason" maxlength="500" required></label>
<label>How <select name="mode"><option value="full">Nothing runs</option><option value="freeze">Only reading goes on</option></select></label>
<label>For how long <input name="lasts" placeholder="until it is released"></label>
<label><input type="checkbox" name="with_connectors" value="yes"> With a plugin: its connectors and their credentials too</label>
<button class="button">Stop it</button></form>
<h2>Stopped now</h2>
${unreadable && html`<p class="problem" role="alert"><strong>What is stopped cannot be read.</strong> Until it can, every call is refused, as if everything were stopped.</p>`}
${stops.length === 0 ? !unreadable && html`<p>Nothing is stopped.</p>` : html`<ul class="tickets">${stops.map((stop) => row(stop, asked, administrator))}</ul>`}`;
}

function row(stop: StopView, asked: Asked<unknown>, administrator: boolean): Html {
  const until = stop.untilMs === undefined ? '' : `, until ${minute(stop.untilMs)}`;
  return html`<li><strong>${scopeText(stop.scope)}</strong> ${stop.mode === 'full' ? 'stopped' : 'frozen'} <span class="quiet">${stop.id}</span>
<span>${stop.by}: ${stop.reason}</span> <span class="quiet">since ${minute(stop.atMs)}${until}</span>
${
  administrator &&
  html`<form method="post" action="/stops/${stop.id}/release">${asked.csrf}<label>Why release <input name="reason" required></label><button class="button">Release</button></form>`
}</li>`;
}

function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
