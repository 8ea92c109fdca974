import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { keys } from '../gate/desk.ts';
import { type Node, openNode } from '../gate/node.ts';
import { databases } from '../support/databases.ts';
import { type Raced, racedCall } from './calls.ts';

// What runs every time is small; the whole race is `npm run race`: 10,000 tickets × 64 workers on each database.
const tickets = Number(process.env['TRAPKEY_RACE_TICKETS'] ?? 300);
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
      // What nobody approved before everybody had passed is approved by now: one more walk takes what is left.
      const late = await Promise.all(Array.from({ length: tickets }, (_, raced) => node.handle(racedCall(raced, startedAtMs))));
      const executed = [
        ...told.flatMap((one) => one.executed),
        ...node.upstream.reached.map(({ params }) => Number((params['arguments'] as { id: string }).id)),
      ];
      expect(executed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: tickets }, (_, raced) => raced));
      const rows = await node.database.read.selectFrom('tickets').select(['id', 'state', 'attempt']).where('state', '!=', 'held').execute();
      expect(rows.filter(({ state }) => state !== 'done')).toEqual([]);
      expect(rows).toHaveLength(tickets);
      expect(rows.filter(({ attempt }) => attempt !== 2)).toEqual([]);
      // Each answer is one of the clear ones; a result is given to one alone.
      const words = told.flatMap(({ said }) => Object.keys(said));
      for (const word of words)
        expect(['approved', 'too late to approve', 'held', 'ticket_used', 'result', 'record_unavailable']).toContain(word);
      const results = told.reduce((sum, { said }) => sum + (said['result'] ?? 0), 0) + late.filter(({ kind }) => kind === 'result').length;
      expect(results).toBe(tickets);
    } finally {
      await node.close();
      await at.drop();
    }
  });
});

async function openAll(node: Node, startedAtMs: number): Promise<void> {
  for (let from = 0; from < tickets; from += 256) {
    const some = Array.from({ length: Math.min(256, tickets - from) }, (_, i) => from + i);
    const held = await Promise.all(some.map((raced) => node.handle(racedCall(raced, startedAtMs))));
    for (const handled of held) if (handled.kind !== 'held') throw new Error(JSON.stringify(handled));
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
