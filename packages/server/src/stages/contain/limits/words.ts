import { type Measure, measures } from '@trapkey/contract/policy/limits.ts';
import { rfc3339 } from '../../../kernel/clock.ts';
import type { LimitRule } from '../../../kernel/limit-rules.ts';
import type { Reached, TripView } from '../../../kernel/limits.ts';

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 });

/** A count as people read it: money in its currency. */
export function countText(measure: Measure, units: number, text: string): string {
  if (measure === 'spend_usd') return `${number.format(units / 1_000_000)} USD`;
  if (measure === 'amount') return `${number.format(units / 1_000_000)} ${/ ([A-Z]{3}) per /.exec(text)?.[1] ?? ''}`.trim();
  return number.format(units);
}

const named = (measure: Measure, text: string): string => `${text.replace(' per', ` ${measure.replace('_', ' ')} per`)}`;

/** Which limit, what it counts, how much is used, when it is free, who can change it. */
export function reachedSays(reached: Reached): string {
  const { charge, used, freeAtMs, trips } = reached;
  const { rule, units } = charge;
  if (Number.isNaN(units))
    return `Nobody can say how many ${rule.measure.replace('_', ' ')} this call counts for, so the limit of ${rule.text} cannot be kept and it does not run; \`reach\` or \`amount\` of the tool says it`;
  const count = (of: number) => countText(rule.measure, of, rule.text);
  const much = `${count(used)} of ${count(rule.max)} used`;
  const asked = trips ? '' : ` and this call asks for ${count(units)}`;
  return `The limit of ${named(rule.measure, rule.text)} for ${charge.who} is reached: ${much}${asked}. It counts ${measures[rule.measure]}. ${freeText(rule, trips ? undefined : freeAtMs)}`;
}

function freeText(rule: LimitRule, freeAtMs: number | undefined): string {
  if (freeAtMs !== undefined) return `Enough is free again at ${rfc3339(freeAtMs)}; ${rule.owner} or an administrator can raise it`;
  if (rule.rearmMs !== undefined)
    return `It re-arms by itself ${rule.rearmMs / 1_000} s after it tripped; ${rule.owner} or an administrator can reset it before`;
  return `It stays so until ${rule.owner} or an administrator resets it`;
}

/** The same for a call that meets a breaker that is open. */
export function openSays(trip: TripView): string {
  const count = (of: number) => countText(trip.measure, of, trip.text);
  const again =
    trip.rearmAtMs === undefined
      ? `It stays so until ${trip.owner} or an administrator resets it (${trip.id})`
      : `It re-arms by itself at ${rfc3339(trip.rearmAtMs)}, or when ${trip.owner} or an administrator resets it (${trip.id})`;
  const reads = trip.mode === 'freeze' ? '; reading goes on' : '';
  return `The limit of ${named(trip.measure, trip.text)} for ${trip.who} tripped: ${count(trip.used)} of ${count(trip.max)} used${reads}. It counts ${measures[trip.measure]}. ${again}`;
}

/** What an alert says of a trip, blocks that a crash lost among it. */
export function trippedSays(trip: TripView): string {
  const lost =
    trip.lost > 0 ? ` ${countText(trip.measure, trip.lost, trip.text)} of them were in blocks that a process took and lost.` : '';
  const rest = trip.mode === 'freeze' ? 'Nothing that changes something runs there' : 'Nothing runs there';
  return `${openSays(trip)}.${lost} ${rest}. Look at what asked for it (call ${trip.call ?? 'unknown'}), then: trapkey limits reset ${trip.id} --reason "…".`;
}
