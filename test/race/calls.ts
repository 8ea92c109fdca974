import type { Call } from '../../packages/server/src/kernel/call.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import { deletion, type Node } from '../gate/node.ts';

/** Number of a call in the race: its argument, and whose it is. */
export type Raced = number;

/** The call of a number. Each belongs to another person, so that no goal has thousands of pieces. */
export function racedCall(raced: Raced, frozenAtMs: number): Call {
  const call = deletion(frozenAtMs, String(raced));
  const person = `p${raced}@corp.example`;
  const atMs = Date.now();
  return { ...call, id: newCallId(atMs), atMs, credential: { ...call.credential, kind: 'jwt', person, groups: ['sales'] } };
}

/** Every ticket with the number of its call. */
export async function ticketsOf({ database }: Pick<Node, 'database'>): Promise<readonly { readonly id: string; readonly raced: Raced }[]> {
  const rows = await database.read.selectFrom('tickets').select(['id', 'person']).execute();
  return rows.map(({ id, person }) => ({ id, raced: Number(/^p(\d+)@/.exec(person)?.[1]) }));
}
