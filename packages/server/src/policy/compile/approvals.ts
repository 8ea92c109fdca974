import type { ApprovalsDocument } from '@trapkey/contract/policy/approvals.ts';
import type { ApprovalRule } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { type CompileContext, wrong } from './context.ts';
import { durationMs, endMs } from './values.ts';

/** Where a rule stands: mistakes are told there. */
export interface ApprovalPlace {
  readonly context: CompileContext;
  readonly document: Valid;
  readonly path: readonly PropertyKey[];
}

/** An approval rule with its id, its times in milliseconds and its stricter steps. Without a place nothing is checked. */
export function approvalRule(rule: string, written: ApprovalsDocument, place?: ApprovalPlace): ApprovalRule {
  if (place) for (const [key, says] of mistakesIn(written)) wrong(place.context, place.document, [...place.path, ...key], says);
  const base: ApprovalRule = {
    approvers: written.approvers,
    needs: written.needs,
    expiresMs: durationMs(written.expires),
    rule,
    ...(written.distinct && { distinct: written.distinct }),
    ...(written.delegates && {
      delegates: new Map(
        Object.entries(written.delegates).map(([person, { to, until }]) => [
          person.toLowerCase(),
          { to: to.toLowerCase(), untilMs: endMs(until) },
        ]),
      ),
    }),
    ...(written.escalate && { escalate: { afterMs: durationMs(written.escalate.after), to: written.escalate.to } }),
    ...(written.remind !== undefined && { remindMs: durationMs(written.remind) }),
    ...(written.run === 'approval' && { run: written.run }),
    ...(written.grants === 'never' && { grants: written.grants }),
  };
  if (!written.above) return base;
  const above = written.above.map((step) => ({
    reach: step.reach,
    rule: {
      ...base,
      rule: `${rule}/above ${step.reach}`,
      ...(step.approvers && { approvers: step.approvers }),
      ...(step.needs !== undefined && { needs: step.needs }),
      ...(step.distinct && { distinct: step.distinct }),
      ...(step.expires !== undefined && { expiresMs: durationMs(step.expires) }),
    },
  }));
  return { ...base, above: above.toSorted((a, b) => a.reach - b.reach) };
}

type Mistake = readonly [path: readonly PropertyKey[], says: string];

function mistakesIn(written: ApprovalsDocument): readonly Mistake[] {
  const expiresMs = durationMs(written.expires);
  const mistakes: Mistake[] = [...stepMistakes([], written)];
  for (const [i, step] of (written.above ?? []).entries()) {
    const { reach: _, ...own } = step;
    const whole = { ...written, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) };
    mistakes.push(...stepMistakes(['above', i], whole));
    if (step.needs !== undefined && step.needs < written.needs)
      mistakes.push([
        ['above', i, 'needs'],
        `A farther reach needs fewer people here (${step.needs}) than a nearer one (${written.needs})`,
      ]);
    if (written.above?.some((other, j) => j < i && other.reach === step.reach))
      mistakes.push([['above', i, 'reach'], `Two steps begin above ${step.reach}`]);
  }
  if (written.escalate && durationMs(written.escalate.after) >= expiresMs)
    mistakes.push([['escalate', 'after'], `It has run out (${written.expires}) before it is escalated`]);
  if (written.remind !== undefined && durationMs(written.remind) >= expiresMs)
    mistakes.push([['remind'], `It has run out (${written.expires}) before anybody is reminded`]);
  for (const [person, { to }] of Object.entries(written.delegates ?? {}))
    if (to.toLowerCase() === person.toLowerCase()) mistakes.push([['delegates', person], `\`${person}\` cannot stand in for themselves`]);
  return mistakes;
}

type Step = Pick<ApprovalsDocument, 'approvers' | 'needs' | 'distinct'>;

/** Rules that nobody could ever satisfy. */
function stepMistakes(path: readonly PropertyKey[], { approvers, needs, distinct = [] }: Step): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const people = new Set(approvers.map((one) => one.toLowerCase()));
  const countable = !approvers.some((one) => one.startsWith('group:'));
  if (countable && people.size < needs)
    mistakes.push([[...path, 'needs'], `${needs} people are needed and only ${people.size} ${people.size === 1 ? 'is' : 'are'} asked`]);
  if (new Set(distinct).size > needs)
    mistakes.push([[...path, 'distinct'], `${new Set(distinct).size} groups must each be among ${needs}; raise \`needs\``]);
  if (new Set(distinct).size < distinct.length) mistakes.push([[...path, 'distinct'], 'A group stands there twice']);
  for (const [i, group] of distinct.entries())
    if (!approvers.includes(group))
      mistakes.push([[...path, 'distinct', i], `\`${group}\` must be among them and is not asked: add it to \`approvers\``]);
  return mistakes;
}
