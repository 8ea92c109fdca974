import { type Gateway, openFolder, openGateway, seed } from './approvals-house.ts';
import type { BenchOptions } from './bench.ts';
import { quantile, short } from './quantiles.ts';

interface Spent {
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** Held calls from end to end on the embedded store, then once more with 100,000 other tickets open. */
export async function approvals({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const [times, open] = quick ? [30, 10_000] : [200, 100_000];
  const folder = await openFolder(data);
  try {
    const few = await within(folder.config, async (gateway) => ({
      ...(await flow(gateway, times, say)),
      template: ticketIn(await gateway.call(0)),
    }));
    const seeded = seed(folder.config, few.template, open);
    say(`${open} open tickets`);
    const many = await within(folder.config, async (gateway) => ({
      ...(await desk(gateway, seeded, times, say)),
      ...(await flow(gateway, times, say)),
    }));
    const { template: _, ...figures } = few;
    const thousands = `${open / 1_000}k`;
    return {
      ...figures,
      open_tickets: open,
      [`list_${thousands}_ms`]: many.list_ms,
      [`decide_${thousands}_ms`]: many.decide_ms,
      [`hold_to_held_${thousands}_ms`]: many.hold_to_held_ms,
      [`approve_to_executed_${thousands}_ms`]: many.approve_to_executed_ms,
      [`approve_to_answered_${thousands}_ms`]: many.approve_to_answered_ms,
    };
  } finally {
    await folder.close();
  }
}

async function within<T>(config: Parameters<typeof openGateway>[0], run: (gateway: Gateway) => Promise<T>): Promise<T> {
  const gateway = await openGateway(config);
  try {
    return await run(gateway);
  } finally {
    await gateway.close();
  }
}

/** Call to HELD; approval to `executed` durable, where it runs by itself; approval to the answer of an agent that waits. */
async function flow({ call, approvals: door, by, written }: Gateway, times: number, say: BenchOptions['say']) {
  const held: string[] = [];
  const hold = await measured('call to HELD', times, say, async (at) => {
    held.push(ticketIn(await call(at)));
  });
  const executed = await measured('approval to executed', Math.floor(times / 2), say, async (at) => {
    const ticket = held[at] ?? '';
    const ran = written({ kind: 'executed', ticket, outcome: 'done' });
    await door.approve({ ticket, by: by(), via: 'bench', runs: 'approval' });
    await ran;
  });
  const answered = await measured('approval to answered', Math.floor(times / 4), say, async (at) => {
    const opened = written({ kind: 'held' });
    const answer = call(at, 'patient');
    const { ticket = '' } = await opened;
    return async () => {
      await door.approve({ ticket, by: by(), via: 'bench' });
      const text = await answer;
      if (!text.includes('SO-48211')) throw new Error(`the waiting agent was answered ${text.slice(-300)}`);
    };
  });
  return { hold_to_held_ms: hold, approve_to_executed_ms: executed, approve_to_answered_ms: answered };
}

/** What a person does at a long list. */
async function desk({ approvals: door, by }: Gateway, seeded: readonly string[], times: number, say: BenchOptions['say']) {
  const list = await measured('list', times, say, async () => {
    const tickets = await door.list({ state: 'open' });
    if (tickets.length < 200) throw new Error(`only ${tickets.length} were listed`);
  });
  const decide = await measured('decide', times, say, async (at) => {
    const ticket = seeded[Math.floor((at / times) * seeded.length)] ?? '';
    if (at % 2) await door.refuse({ ticket, by: by(), via: 'bench', reason: 'Not this one.' });
    else await door.approve({ ticket, by: by(), via: 'bench' });
  });
  return { list_ms: list, decide_ms: decide };
}

/** Does it so often, one after another; what `once` gives back is the part that counts. A tenth before that is not counted. */
async function measured(
  name: string,
  times: number,
  say: BenchOptions['say'],
  once: (at: number) => Promise<(() => Promise<void>) | void>,
): Promise<Spent> {
  const samples: number[] = [];
  for (let at = 0; at < times; at++) {
    let began = performance.now();
    const rest = await once(at);
    if (rest) {
      began = performance.now();
      await rest();
    }
    if (at >= times / 10) samples.push(performance.now() - began);
  }
  const spent = { p50_ms: short(quantile(samples, 0.5)), p99_ms: short(quantile(samples, 0.99)) };
  say(`  ${name.padEnd(24)} p50 ${spent.p50_ms} ms, p99 ${spent.p99_ms} ms`);
  return spent;
}

function ticketIn(answer: string): string {
  const ticket = /TK-[0-9A-Z]{10}/.exec(answer)?.[0];
  if (ticket === undefined) throw new Error(`not held: ${answer.slice(0, 500)}`);
  return ticket;
}
