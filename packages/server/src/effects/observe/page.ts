import type { AlertDelivery, AlertState, Alerts, AlertView } from '../../kernel/alerts.ts';
import { type Html, html } from '../../kernel/html.ts';
import type { Asked } from '../../kernel/http.ts';
import { revealed } from '../../kernel/revealed.ts';

type Shown = NonNullable<Awaited<ReturnType<Alerts['show']>>>;

/** A sign and a word, so that colour is never alone; the class gives the colour. */
const states: Readonly<Record<AlertState, { readonly sign: string; readonly word: string; readonly look: string }>> = {
  open: { sign: '!', word: 'Open', look: 'refused' },
  acknowledged: { sign: '◷', word: 'Acknowledged', look: 'held' },
  resolved: { sign: '✓', word: 'Resolved', look: 'done' },
};
const delivery: Readonly<Record<AlertView['delivery'], string>> = {
  none: 'nobody was told: the policy names no channel',
  muted: 'muted',
  waiting: 'not delivered yet',
  delivered: 'delivered',
  given_up: 'not delivered, and given up',
};
const filters = ['unresolved', 'resolved', 'all'] as const;
const number = new Intl.NumberFormat('en-US');

/** What somebody should look at, the newest first. */
export function alertsPage(alerts: readonly AlertView[], state: string, atMs: number): Html {
  const open = alerts.filter((alert) => alert.state === 'open').length;
  const lead = open === 0 ? 'Nothing is open.' : `${open === 1 ? 'One alert is' : `${open} alerts are`} open.`;
  return html`<h1>Alerts</h1>
<p class="lead">${lead}</p>
<p class="actions filters">${filters.map((one) => html`<a class="button" href="/alerts?state=${one}"${one === state && html` aria-current="page"`}>${word(one)}</a>`)}</p>
${alerts.length === 0 ? html`<p class="quiet">No alerts here.</p>` : html`<ul class="tickets">${alerts.map((alert) => row(alert, atMs))}</ul>`}`;
}

/** One alert, what was said of it to whom, and what can be done. */
export function alertPage({ csrf, atMs }: Pick<Asked<unknown>, 'csrf' | 'atMs'>, alert: Shown, problem?: string): Html {
  return html`<p class="state ${states[alert.state].look}">${sign(alert)} ${alert.title}</p>
<h1 class="sentence">${plain(alert.says)}</h1>
${problem !== undefined && html`<p class="notice bad" role="alert">${problem}</p>`}
${alert.reason !== undefined && html`<p class="notice"><strong>${plain(alert.by ?? '')}:</strong> <q>${plain(alert.reason)}</q></p>`}
<dl class="facts">${facts(alert, atMs).map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
${alert.facts.length > 0 && html`<ul>${alert.facts.map((fact) => html`<li>${plain(fact)}</li>`)}</ul>`}
${alert.link?.startsWith('/') && alert.link !== '/alerts' && html`<p><a class="button" href="${alert.link}">Open what it is about</a></p>`}
${forms(alert, csrf)}
${messages(alert.deliveries)}
<p><a href="/alerts">All alerts</a></p>`;
}

function facts(alert: AlertView, atMs: number): readonly (readonly [string, string])[] {
  return [
    ['About', plain(alert.scope)],
    ['How often', alert.count === 1 ? 'once' : `${number.format(alert.count)} times`],
    ['First', minute(alert.firstAtMs)],
    ['Last', `${minute(alert.lastAtMs)}, ${ago(atMs - alert.lastAtMs)}`],
    ...(alert.owner === undefined ? [] : ([['Owner', plain(alert.owner)]] as const)),
    ['Told', `${alert.audiences.join(', ')}; ${delivery[alert.delivery]}`],
    ...(alert.mutedUntilMs === undefined ? [] : ([['Muted until', minute(alert.mutedUntilMs)]] as const)),
  ];
}

function forms(alert: AlertView, csrf: Html): Html {
  const form = (act: string, title: string, help: string, more: Html | false = false) =>
    html`<details><summary>${title}</summary><form class="card" method="post" action="/alerts/${alert.id}/act">${csrf}<input type="hidden" name="act" value="${act}">
<p class="help">${help}</p>${more}
<div class="field"><label for="${act}-reason">Reason</label><input id="${act}-reason" name="reason" required maxlength="500" autocomplete="off"></div>
<button>${title}</button></form></details>`;
  const times = [
    ['1h', '1 hour'],
    ['8h', '8 hours'],
    ['24h', '1 day'],
    ['7d', '7 days'],
  ] as const;
  const choice = html`<div class="field"><label for="mute-for">For</label><select id="mute-for" name="for">${times.map(([value, label]) => html`<option value="${value}">${label}</option>`)}</select></div>`;
  return html`<section class="decide" aria-label="What can be done">
${alert.state === 'open' && form('acknowledge', 'Acknowledge', 'Somebody is at it. It is counted on, and nobody is told again.')}
${alert.state !== 'resolved' && form('resolve', 'Resolve', 'It is over. The next time it happens opens it again.')}
${form('mute', 'Mute', 'Nobody is told of it for a while; it is counted all the same.', choice)}
</section>`;
}

function messages(deliveries: readonly AlertDelivery[]): Html {
  if (deliveries.length === 0) return html`<h2>Messages</h2><p class="quiet">None was written.</p>`;
  return html`<section aria-labelledby="messages"><h2 id="messages">Messages</h2><ul class="rows">${deliveries.map(
    ({ channel, event, state, attempts, atMs, error }) =>
      html`<li><span>${event.split('.').at(-1)} by ${plain(channel)}<span class="quiet">${minute(atMs)}; ${state.replace('_', ' ')}, ${attempts === 1 ? 'tried once' : `tried ${attempts} times`}${error !== undefined && `: ${plain(error)}`}</span></span></li>`,
  )}</ul></section>`;
}

function row(alert: AlertView, atMs: number): Html {
  const { look } = states[alert.state];
  const often = alert.count === 1 ? 'once' : `${number.format(alert.count)} times`;
  return html`<li><a href="/alerts/${alert.id}"><span class="state ${look}">${sign(alert)} · ${alert.title}</span>
<span class="what">${plain(alert.says)}</span>
<span class="quiet">${often}, last ${ago(atMs - alert.lastAtMs)}; ${delivery[alert.delivery]}</span></a></li>`;
}

function sign({ state, mutedUntilMs }: AlertView): Html {
  return html`<strong><span aria-hidden="true">${states[state].sign}</span> ${states[state].word}${mutedUntilMs !== undefined && ', muted'}</strong>`;
}

function word(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function plain(text: string): string {
  return revealed(text.replaceAll(/[\r\n\t\p{Zl}\p{Zp}]+/gu, ' '));
}

function minute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
