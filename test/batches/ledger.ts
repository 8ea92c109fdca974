import type { BatchChange } from '@trapkey/contract/api/batches.ts';
import type { Logged } from '../support/crm/store.ts';

/** What the CRM's own log says against what Trapkey says, over all changes of a batch. */
export interface Reckoning {
  readonly changes: number;
  readonly done: number;
  /** Shown to a person as `unknown`; whether the CRM made them is in `unknown_made`. */
  readonly unknown: number;
  readonly unknown_made: number;
  readonly not_done: number;
  /** Changes that the CRM made and Trapkey says it did not, or the other way round: nobody would look. */
  readonly lost: readonly string[];
  /** Changes that the CRM made more than once. */
  readonly twice: readonly string[];
}

const notMade: readonly BatchChange['state'][] = ['staged', 'failed', 'conflict', 'refused', 'dropped'];

/** Holds the states of changes against the applied lines of the CRM's log; `of` gives the account of a change. */
export function reckon(
  changes: readonly Pick<BatchChange, 'n' | 'state' | 'args'>[],
  log: readonly Logged[],
  tool = 'set_tier',
): Reckoning {
  const made = new Map<string, number>();
  for (const line of log)
    if (line.did === 'applied' && line.by === 'mcp' && line.tool === tool && line.account !== null)
      made.set(line.account, (made.get(line.account) ?? 0) + 1);
  const lost: string[] = [];
  const twice: string[] = [];
  const counts = { done: 0, unknown: 0, unknown_made: 0, not_done: 0 };
  for (const { n, state, args } of changes) {
    const account = String((args as { readonly id?: unknown } | undefined)?.id);
    const times = made.get(account) ?? 0;
    if (times > 1) twice.push(`change ${n} of ${account} was made ${times} times, and is ${state}`);
    if (state === 'done') counts.done++;
    else if (state === 'unknown') counts.unknown++;
    else counts.not_done++;
    if (state === 'unknown' && times > 0) counts.unknown_made++;
    if (state === 'done' && times === 0) lost.push(`change ${n} of ${account} is done, and was never made`);
    if (notMade.includes(state) && times > 0) lost.push(`change ${n} of ${account} is ${state}, and was made`);
    if (state === 'running') lost.push(`change ${n} of ${account} is still running`);
  }
  return { changes: changes.length, ...counts, lost, twice };
}
