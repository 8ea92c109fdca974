import type { Tiered } from '../../kernel/facts.ts';
import type { PolicySet } from '../../kernel/rules.ts';

const lowered = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/** On which lists recipients stand, and how many of them; an address is the same in capitals. */
export function listedAmong(recipients: readonly string[] | undefined, lists: PolicySet['lists']): NonNullable<Tiered['listed']> {
  if (!recipients || recipients.length === 0) return [];
  const found = [...lists].map(([list, { values }]) => {
    const known = lower(values);
    return { list, hits: recipients.reduce((hits, one) => hits + (known.has(one.trim().toLowerCase()) ? 1 : 0), 0) };
  });
  return found.filter(({ hits }) => hits > 0);
}

/** Once for each list: a set of the policy never changes. */
function lower(values: ReadonlySet<string>): ReadonlySet<string> {
  const known = lowered.get(values) ?? new Set([...values].map((value) => value.trim().toLowerCase()));
  lowered.set(values, known);
  return known;
}
