import type { Facts, Moment, Sourced } from '../../../kernel/facts.ts';
import type { Origins } from '../../../kernel/origins.ts';
import { type ArgumentValue, argumentValues, dayOf } from '../../../kernel/provenance.ts';
import { judge } from './known.ts';
import { carriedIn } from './leaking.ts';
import { type Sink, sinksOf } from './sinks.ts';

type Known = Pick<Facts, 'call' | 'subject' | 'permitted' | 'tiered'>;

const unasked: Sourced = { known: false, wantsPerson: undefined };
const calm: Sourced = { known: true, wantsPerson: undefined };
const nothing: Origins = { forgotten: false, values: {} };

/** Where the values of a call came from, and why a person is asked where that is not known. */
export function sourced(facts: Known, moment: Moment): Sourced {
  const { call, subject, permitted, tiered } = facts;
  const { origins } = call;
  if (!origins && (moment.organization.knownRuns ?? []).length === 0) return unasked;
  const values = argumentValues({ ...call.args, ...(call.method === 'resources/read' && { uri: call.name }) });
  const read = tiered.effect === 'read' || tiered.effect === 'draft';
  const outward = isOutward(facts);
  const sinks = sinksOf(values, tiered.effect, outward, permitted.pinned);
  const seen = origins ?? nothing;
  const flow = outward ? trifecta(facts, seen) : undefined;
  if (flow) return { known: false, wantsPerson: flow };
  const leak = read ? leaking(sinks, seen, facts) : undefined;
  if (leak) return { known: false, wantsPerson: leak };
  if (tiered.tier === 'low') return calm;
  const unknown = sinks.map((sink) => ({ sink, judged: judge(sink, seen, subject, moment) })).filter(({ judged }) => !judged.ok);
  const [first] = unknown;
  if (!first) return dictated(values, seen, moment, tiered.effect) ?? calm;
  if (!seen.untrusted) return unasked;
  const more = unknown.length > 1 ? ` and ${unknown.length - 1} more` : '';
  return {
    known: false,
    wantsPerson: {
      code: 'provenance',
      rule: 'provenance',
      says: `Of ${quoted(first.sink.text)} (${first.sink.argument}${more}) it is not known that the person or a trusted system named it: ${first.judged.because}. What outsiders wrote was read before, through ${seen.untrusted.from}`,
    },
  };
}

/** A call of which outsiders wrote every word: then it is theirs, though none of its values says where anything goes. */
function dictated(
  values: readonly ArgumentValue[],
  { untrusted, values: seen }: Origins,
  { organization }: Moment,
  effect: Facts['tiered']['effect'],
): Sourced | undefined {
  // One of a few letters stands in every text by chance.
  const telling = values.filter(({ text }) => text.trim().length >= 4);
  if (!untrusted || telling.length < 2 || effect === 'draft' || effect === 'read') return undefined;
  const theirs = telling.every(({ text }) => {
    const found = seen[text] ?? seen[dayOf(text) ?? ''] ?? {};
    return found.outsiders !== undefined && !(found.prompt !== undefined && organization.prompts === 'claimed');
  });
  if (!theirs) return undefined;
  const says = `Everything in it stands word for word in what outsiders wrote, read through ${untrusted.from}`;
  return { known: false, wantsPerson: { code: 'provenance', rule: 'provenance/dictated', says } };
}

/** Whether something leaves, or lands where outsiders read. */
function isOutward({ subject, permitted, tiered, call }: Known): boolean {
  if (tiered.effect === 'read' || tiered.effect === 'draft')
    return (
      tiered.destination !== 'inside' ||
      argumentValues(call.args).some(({ text }) => /^(?:[a-z][a-z0-9+.-]*:\/\/|www\.)/i.test(text.trim()))
    );
  const theirs = permitted.rules.outsiders ?? subject.connector.outsiders;
  return (
    ['send', 'pay', 'execute'].includes(tiered.effect) ||
    tiered.destination !== 'inside' ||
    (theirs !== undefined && theirs.kind !== 'none')
  );
}

/** What outsiders wrote, what is sensitive, and a way out: together they need a person. */
function trifecta({ call }: Known, { untrusted, sensitive }: Origins): Sourced['wantsPerson'] {
  if (!untrusted || !sensitive) return undefined;
  return {
    code: 'flow',
    rule: 'flow/untrusted-sensitive-outward',
    says: `What outsiders wrote was read through ${untrusted.from}, then sensitive data through ${sensitive.from}, and ${quoted(call.name)} leads out`,
  };
}

/** A read that leaves by its link: what the link carries, and whether anybody ever gave it. */
function leaking(sinks: readonly Sink[], { untrusted, values }: Origins, { call }: Known): Sourced['wantsPerson'] {
  for (const { kind, text, argument } of sinks) {
    if (kind !== 'link') continue;
    const given = values[text] !== undefined;
    const carried = carriedIn(text);
    const why =
      carried !== undefined && !given
        ? carried
        : untrusted && !given
          ? 'nothing that was read or asked names it, so it may be made of what was read'
          : undefined;
    if (why === undefined) continue;
    return { code: 'flow', rule: 'flow/link', says: `${quoted(call.name)} would open ${quoted(text)} (${argument}), and ${why}` };
  }
  return undefined;
}

/** A value in our words: one line, capped, in quotes. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').slice(0, 120));
}
