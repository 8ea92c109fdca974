import type { JsonObject } from '@trapkey/contract/json.ts';
import { argumentValues } from '../../../../kernel/provenance.ts';
import type { PolicySet } from '../../../../kernel/rules.ts';

const lowered = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/** Lists of the policy on which a value of a change stands, whatever argument it is; in capitals or not. */
export function listsOf(args: JsonObject, recipients: readonly string[], lists: PolicySet['lists'] | undefined): readonly string[] {
  if (!lists || lists.size === 0) return [];
  const values = [...argumentValues(args).map(({ text }) => text), ...recipients].map((value) => value.trim().toLowerCase());
  return [...lists].flatMap(([list, { values: known }]) => {
    const all = lower(known);
    return values.some((value) => all.has(value)) ? [list] : [];
  });
}

/** Once for each list: a set of the policy never changes. */
function lower(values: ReadonlySet<string>): ReadonlySet<string> {
  const known = lowered.get(values) ?? new Set([...values].map((value) => value.trim().toLowerCase()));
  lowered.set(values, known);
  return known;
}
