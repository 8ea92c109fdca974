import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { type Html, html } from '../../../kernel/html.ts';
import { type Asked, HttpRefusal, type Route, route } from '../../../kernel/http.ts';
import type { ApprovalQuality, Quality, RuleQuality } from '../../../kernel/quality.ts';
import { deciders } from '../../../kernel/sight.ts';
import { count, plain } from '../screens/words.ts';

const days = z.coerce.number().int().min(1).max(366).default(30);
const permission = [...deciders, 'viewer', 'auditor'] as const;

interface QualityDoors {
  readonly quality: Quality;
  /** Where rules stand in the policy. */
  readonly places: (rules: readonly string[]) => Promise<ReadonlyMap<string, { readonly file: string; readonly line: number }>>;
}

/** How well people decide, rule by rule; as a page and as JSON. */
export function qualityRoutes({ quality, places }: QualityDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/quality',
      permission,
      handle: async (asked) => ({ title: 'Approval quality', page: page(await quality.read(daysOf(asked))) }),
    }),
    route({
      method: 'GET',
      path: '/api/quality',
      permission,
      async handle(asked) {
        const read = await quality.read(daysOf(asked));
        const at = await places(read.rules.map(({ rule }) => rule));
        const rules = read.rules.map((one) => {
          const { file, line } = at.get(one.rule) ?? {};
          return file === undefined ? one : { ...one, place: { file, line } };
        });
        return { json: { ...read, rules } as unknown as Json };
      },
    }),
  ];
}

function daysOf({ query }: Pick<Asked<unknown>, 'query'>): number {
  const read = days.safeParse(query['days']);
  if (read.success) return read.data;
  throw new HttpRefusal(400, 'invalid_input', 'The days are a whole number from 1 to 366.');
}

function page({ days: over, rules, drills, more }: ApprovalQuality): Html {
  const asks = rules.reduce((sum, rule) => sum + rule.asks, 0);
  return html`<h1>Approval quality</h1>
<p class="lead">${asks === 0 ? 'Nobody was asked' : `People were asked ${times(asks)}`} in the last ${count(over)} days. A rule that is always granted, or granted faster than anybody reads, asks for nothing.</p>
<p class="actions filters">${[7, 30, 90].map((one) => html`<a class="button" href="/quality?days=${one}"${one === over && html` aria-current="page"`}>${one} days</a>`)}</p>
${rules.map(card)}
${
  drills.asks > 0 &&
  html`<article class="card"><h2>Drills</h2><p>Of ${drills.asks === 1 ? 'one question' : `${count(drills.asks)} questions`} that could never run, ${drills.granted === 0 ? 'none was granted' : `${count(drills.granted)} ${drills.granted === 1 ? 'was' : 'were'} granted`}, ${count(drills.refused)} refused, ${count(drills.undecided)} left undecided.</p></article>`
}
${more && html`<p class="quiet">There were more tickets; these are the newest.</p>`}`;
}

function card(rule: RuleQuality): Html {
  const decided = rule.granted + rule.refused;
  const rows: readonly (readonly [string, string])[] = [
    ['Asked', times(rule.asks)],
    ['Granted', decided === 0 ? 'nothing decided yet' : `${share(rule.granted, decided)} of ${count(decided)} decided`],
    ['Undecided', count(rule.undecided)],
    ['Median time', rule.medianMs === undefined ? '–' : span(rule.medianMs)],
    ['Under 3 s', decided === 0 ? '–' : share(rule.underThreeSeconds, decided)],
    ['Later undone', rule.granted === 0 ? '–' : `${share(rule.laterUndone, rule.granted)} of ${count(rule.granted)} granted`],
  ];
  return html`<article class="card"><h2><code>${plain(rule.rule)}</code></h2>
<dl class="facts">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl></article>`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`;
}

function times(many: number): string {
  return many === 1 ? 'once' : `${count(many)} times`;
}

function span(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
