import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Call, TicketView } from '../../../kernel/call.ts';
import { RecordUnavailable } from '../../../kernel/errors.ts';
import type { TicketRow } from '../store.ts';
import { viewOf } from '../view.ts';
import { accountOf, altering, type GoalPolicy, goalKey } from './goal.ts';
import type { GoalStore } from './store.ts';

/** What a call is looked up with. */
export interface Attaching {
  readonly goals: Pick<GoalStore, 'earlier'>;
  readonly key: Uint8Array;
  readonly policy: (() => GoalPolicy) | undefined;
  readonly unseal: ((digest: string) => Promise<Json>) | undefined;
}

/** A ticket as it speaks about a call now. */
export interface Speaking {
  readonly row: TicketRow;
  readonly state: TicketView['state'];
}

/**
 * The call as it is to be decided. An approved ticket is resumed as the call that it froze: its keyed digest says that
 * what arrived is the same. Where a person changed what runs, that is what is decided, and what arrived is kept beside it.
 */
export async function attach(parts: Attaching, arriving: Call, found: Speaking | undefined): Promise<Call> {
  try {
    const policy = parts.policy?.();
    const ticket = found && boundNow(parts, found, policy);
    const changed = found?.row.original != null && ticket && (await changedBy(parts, arriving, found));
    const earlier = await earlierOf(parts, arriving, found, policy);
    const approved = ticket?.state === 'approved' ? { id: ticket.call, attempt: ticket.attempt + 1 } : {};
    return { ...arriving, ...(changed || {}), ...approved, ticket, ...(earlier && { earlier }) };
  } catch (error) {
    throw new RecordUnavailable('its tickets cannot be read', { cause: error });
  }
}

function boundNow({ key }: Attaching, { row, state }: Speaking, policy: GoalPolicy | undefined): TicketView {
  const view = viewOf(row, state);
  const account = accountOf(key, policy, row.connector);
  const moved = row.account !== null && account !== null && row.account !== account;
  return moved ? { ...view, bound: { ...view.bound, accountMoved: true } } : view;
}

/** Whoever resumes a ticket brings what runs already; an agent that repeats its call brings what it asked for. */
async function changedBy({ unseal }: Attaching, arriving: Call, { row }: Speaking): Promise<Pick<Call, 'args' | 'extra' | 'asked'>> {
  const read = async (digest: string) => payloadOf(unseal && (await unseal(digest)));
  const runs = await read(row.arguments);
  const asked = arriving.via === 'ticket' ? await read(row.original ?? row.arguments) : { args: arriving.args, extra: arriving.extra };
  return { ...runs, asked };
}

async function earlierOf(parts: Attaching, call: Call, found: Speaking | undefined, policy: GoalPolicy | undefined) {
  if (!altering(policy, call)) return undefined;
  const goal = found?.row.goal ?? goalKey(parts.key, call, policy?.directory);
  const open = found && ['held', 'approved', 'executing'].includes(found.state) ? found.row : undefined;
  const earlier = await parts.goals.earlier({ goal, atMs: call.atMs, ticket: open });
  return earlier.pieces > 0 ? earlier : undefined;
}

function payloadOf(sealed: Json | undefined): { readonly args: JsonObject; readonly extra: JsonObject } {
  const { arguments: args, extra } = isObject(sealed) ? sealed : {};
  if (!isObject(args)) throw new Error('what was approved cannot be opened any more');
  return { args, extra: isObject(extra) ? extra : {} };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
