import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';
import { RecordUnavailable, UserError } from '../../packages/server/src/kernel/errors.ts';
import type { DatabaseAddress } from '../../packages/server/src/storage/database.ts';
import { openNode } from '../gate/node.ts';
import { type Raced, racedCall, ticketsOf } from './calls.ts';

// One process of the race: `node racer.ts <orders>`. It waits for a line, then its workers go for every ticket at once.
const orders = JSON.parse(process.argv[2] ?? '{}') as {
  readonly address: DatabaseAddress;
  readonly tickets: number;
  readonly workers: number;
  readonly startedAtMs: number;
};
const node = await openNode(orders.address, Date.now);
const said: Record<string, number> = {};
const count = (word: string) => {
  said[word] = (said[word] ?? 0) + 1;
};
const lines = createInterface({ input: process.stdin });
process.stdout.write('ready\n');
for await (const line of lines) if (line === 'go') break;
await Promise.all(Array.from({ length: orders.workers }, (_, worker) => race(worker)));
const executed: Raced[] = node.upstream.reached.map(({ params }) => Number((params['arguments'] as { id: string }).id));
process.stdout.write(`${JSON.stringify({ executed, said })}\n`);
await node.close();
process.exit(0);

/** Everybody decides and resumes everything, each in an order of its own. */
async function race(worker: number): Promise<void> {
  const all = await ticketsOf(node);
  for (const { id, raced } of shuffled(all)) {
    if (worker % 4 === 0) await decide(id);
    const handled = await node.handle(racedCall(raced, orders.startedAtMs));
    count(handled.kind === 'refused' ? handled.ruling.code : handled.kind);
  }
}

/** The same person at the same moment from many places. */
async function decide(ticket: string): Promise<void> {
  const by = { person: 'k.lind@corp.example', roles: ['approver'], freshAtMs: Date.now() };
  try {
    await node.approvals.approve({ ticket, by, via: 'race' });
    count('approved');
  } catch (error) {
    if (!(error instanceof UserError || error instanceof RecordUnavailable)) throw error;
    count(error instanceof UserError ? 'too late to approve' : 'record_unavailable');
  }
}

function shuffled<T>(all: readonly T[]): readonly T[] {
  const list = [...all];
  for (let i = list.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}
