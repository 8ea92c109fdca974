import { rfc3339 } from '../../kernel/clock.ts';
import type { LookFor } from '../../kernel/data-memory.ts';
import type { Gated } from './gated.ts';

/** Why an outward call waits: what its arguments hold, or what the person's agents read before it. */
export interface Leaving {
  readonly says: string;
  readonly rule: string;
}

/** Set where a call may carry out a class of data that its plugin keeps in. */
export function leaving(facts: Gated, look: LookFor | undefined): Leaving | undefined {
  const { call, subject } = facts;
  const { mayNotLeave = [], id } = subject.plugin;
  if (mayNotLeave.length === 0 || !outward(facts)) return undefined;
  const rule = `plugin/${id}/may_not_leave`;
  const held = look?.(mayNotLeave, call.args) ?? [];
  if (held.length > 0)
    return { rule, says: `Its arguments hold what looks like ${held.join(' and ')}, which must not leave without a person.` };
  const read = (call.remembered?.read ?? []).filter((one) => mayNotLeave.includes(one.class));
  const [first] = read;
  if (!first) return undefined;
  const classes = [...new Set(read.map((one) => one.class))];
  const from = [...new Set(read.map((one) => one.from))].slice(0, 3);
  const when = rfc3339(first.atMs).slice(11, 16);
  return {
    rule,
    says: `Before it, ${classes.join(' and ')} was read (from ${from.join(', ')}, last at ${when} UTC), which must not leave without a person.`,
  };
}

/**
 * Whether something may leave with it. A tool that says itself that it reaches an open world does, whatever its effect, and
 * so does code that runs, unless policy names a destination inside.
 */
function outward({ tiered, permitted }: Gated): boolean {
  if (tiered.destination !== 'inside') return true;
  const { rules, pinned } = permitted;
  if (rules.destination !== undefined || rules.recipients !== undefined) return false;
  const annotations = pinned.tool?.annotations as { readonly openWorldHint?: unknown } | undefined;
  return tiered.effect === 'execute' || annotations?.openWorldHint === true;
}
