import { writeSync } from 'node:fs';
import type { DatabaseAddress } from '../../packages/server/src/storage/database.ts';
import { openNode } from '../gate/node.ts';
import { racedCall } from './calls.ts';

// A process that is killed: `node faller.ts <orders>` approves a ticket, and with `execute` runs it until it reaches the upstream.
const orders = JSON.parse(process.argv[2] ?? '{}') as {
  readonly address: DatabaseAddress;
  readonly ticket: string;
  readonly raced: number;
  readonly execute: boolean;
  /** It is approved already. */
  readonly approved?: boolean;
  readonly edit?: Readonly<Record<string, string>>;
  readonly frozenAtMs: number;
};
const node = await openNode(orders.address, Date.now, orders.edit);
const by = { person: 'k.lind@corp.example', roles: ['approver'], freshAtMs: Date.now() };
if (!orders.approved) await node.approvals.approve({ ticket: orders.ticket, by, via: 'race' });
if (orders.execute) {
  // The upstream has it, and nothing is heard from it again: neither this process nor its connections move on.
  Object.defineProperty(node.upstream.reached, 'push', { value: () => fall('reached') });
  await node.handle(racedCall(orders.raced, orders.frozenAtMs));
}
fall('approved');

function fall(where: string): never {
  writeSync(1, `${where}\n`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error('it was not killed');
}
