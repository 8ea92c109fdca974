import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import { keys } from '../gate/desk.ts';
import { type Node, openNode } from '../gate/node.ts';
import { databases } from '../support/databases.ts';
import { type Raced, racedCall } from './calls.ts';

// What runs every time is small; the whole race is `npm run race`: 10,000 tickets × 64 workers on each database.
const tickets = Number(process.env['TRAPKEY_RACE_TICKETS'] ?? 100);
const processes = Number(process.env['TRAPKEY_RACE_PROCESSES'] ?? 4);
const workers = 64;
const timeout = Number(process.env['TRAPKEY_RACE_TIMEOUT_MS'] ?? 180_000);

interface Told {
  readonly executed: readonly Raced[];
  readonly said: Readonly<Record<string, number>>;
}

describe.each(databases)('the race on $name', ({ fresh }) => {
  it(`${tickets} tickets × ${workers} workers in ${processes} processes: none runs twice, none is lost`, { timeout }, async () => {
    const at = await fresh();
    const node = await openNode(at.address, Date.now);
    const startedAtMs = Date.now();
    try {
      await openAll(node, startedAtMs);
      const order = { address: at.address, tickets, workers: workers / processes, startedAtMs };
      const racers = Array.from({ length: processes }, () => start(order));
      for (const racer of racers) await racer.ready;
      for (const { child } of racers) child.stdin?.write('go\n');
      const told = await Promise.all(racers.map((racer) => racer.done));
      // The database may have been too busy for everybody; then it was said so, and nothing was done. What is left is taken now.
      await approveLeft(node);
      const late: Handled[] = [];
      for (let from = 0; from < tickets; from += 64) {
        const some = Array.from({ length: Math.min(64, tickets - from) }, (_, at) => racedCall(from + at, startedAtMs));
        late.push(...(await Promise.all(some.map(node.handle))));
      }
      const executed = [
        ...told.flatMap((one) => one.executed),
        ...node.upstream.reached.map(({ params }) => Number((params['arguments'] as { id: string }).id)),
      ];
      expect(executed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: tickets }, (_, raced) => raced));
      const rows = await node.database.read.selectFrom('tickets').select(['id', 'state', 'attempt']).where('state', '!=', 'held').execute();
      expect(rows.filter(({ state }) => state !== 'done')).toEqual([]);
      expect(rows).toHaveLength(tickets);
      expect(rows.filter(({ attempt }) => attempt !== 1)).toEqual([]);
      // Each answer is one of the clear ones; a result is given to one alone.
      const words = told.flatMap(({ said }) => Object.keys(said));
      for (const word of words)
        expect(['approved', 'too late to approve', 'held', 'ticket_used', 'result', 'record_unavailable']).toContain(word);
      const results = told.reduce((sum, { said }) => sum + (said['result'] ?? 0), 0) + late.filter(({ kind }) => kind === 'result').length;
      expect(results).toBe(tickets);
      console.info(
        `${tickets} × ${workers} in ${processes} processes: ${Math.round((Date.now() - startedAtMs) / 1_000)} s, ${JSON.stringify(sumOf(told.map(({ said }) => said)))}`,
      );
    } finally {
      await node.close();
      await at.drop();
    }
  });
});

/** What the racers were told, together. */
function sumOf(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const said of all) for (const [word, count] of Object.entries(said)) sum[word] = (sum[word] ?? 0) + count;
  return sum;
}

async function approveLeft(node: Node): Promise<void> {
  const by = { person: 'k.lind@corp.example', roles: ['approver'], freshAtMs: Date.now() };
  const raced = new Set(
    (await node.database.read.selectFrom('tickets').select('person').where('state', '!=', 'held').execute()).map(({ person }) => person),
  );
  for (const { id, person } of await node.database.read
    .selectFrom('tickets')
    .select(['id', 'person'])
    .where('state', '=', 'held')
    .execute())
    if (!raced.has(person)) await node.approvals.approve({ ticket: id, by, via: 'race' });
}

async function openAll(node: Node, startedAtMs: number): Promise<void> {
  let left = Array.from({ length: tickets }, (_, raced) => raced);
  while (left.length > 0) {
    const some = left.slice(0, 64);
    const answers = await Promise.all(some.map(async (raced) => ({ raced, handled: await node.handle(racedCall(raced, startedAtMs)) })));
    // A busy machine may not get to it: then it was said so, and it is asked again.
    const busy = answers.filter(({ handled }) => handled.kind === 'refused' && handled.ruling.code === 'record_unavailable');
    for (const { handled } of answers)
      if (handled.kind !== 'held' && !busy.some((one) => one.handled === handled)) throw new Error(JSON.stringify(handled));
    left = [...left.slice(64), ...busy.map(({ raced }) => raced)];
  }
}

interface Racer {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly done: Promise<Told>;
}

function start(order: object): Racer {
  const child = spawn(process.execPath, [fileURLToPath(new URL('racer.ts', import.meta.url)), JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TRAPKEY_TEST_KEY: keys.master.toString('hex') },
  });
  const ready = Promise.withResolvers<void>();
  const done = Promise.withResolvers<Told>();
  const ended = (code: number | null) => {
    const error = new Error(`a racer ended with ${code}`);
    ready.reject(error);
    done.reject(error);
  };
  child.once('exit', ended);
  done.promise.catch(() => undefined);
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    if (line === 'ready') ready.resolve();
    else if (line.startsWith('{')) done.resolve(JSON.parse(line) as Told);
  });
  return { child, ready: ready.promise, done: done.promise };
}
