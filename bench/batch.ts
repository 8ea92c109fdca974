import { openSalesBook, type SalesBookBench } from './batch-gateway.ts';
import { openStaging, retieringCall } from './batch-house.ts';
import type { BenchOptions } from './bench.ts';
import { quantile, short } from './quantiles.ts';

const concurrent = 256;
/** Changes of one batch that are made at once. */
const lanes = 16;

type Say = BenchOptions['say'];

/** Staging, applying and looking at batches on the embedded store. */
export async function batch({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const staged = await staging(data, quick ? 4_000 : 20_000, say);
  const book = await openSalesBook(data);
  try {
    const applied = await applying(book, quick ? 500 : 2_000, say);
    return { ...staged, ...applied, ...(await looking(book, quick ? 20_000 : 100_000, say)) };
  } finally {
    await book.close();
  }
}

/** Calls that become changes, with the read of what stands there before: everything of a call but its sockets. */
async function staging(folder: string | undefined, changes: number, say: Say) {
  const house = await openStaging(folder);
  try {
    const stage = async (at: number): Promise<void> => {
      const handled = await house.handle(retieringCall(at));
      if (handled.kind !== 'staged') throw new Error(`the bench's call was not staged: ${JSON.stringify(handled)}`);
    };
    await inTurn(changes / 4, concurrent, stage);
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    await inTurn(changes, concurrent, (at) => stage(at + changes));
    const [ms, used] = [performance.now() - began, process.cpuUsage(cpu)];
    const figures = {
      stage_changes: changes,
      stage_per_s: short((changes * 1_000) / ms),
      stage_cpu_us: short((used.user + used.system) / changes),
    };
    say(`  staged                   ${figures.stage_per_s}/s with a before-image each, ${figures.stage_cpu_us} µs of processor each`);
    return figures;
  } finally {
    await house.close();
  }
}

/**
 * A batch through the gateway as it ships. What the upstream itself takes is measured with the same requests, as many at
 * once, straight at it: a read before, the change, a read after.
 */
async function applying(book: SalesBookBench, changes: number, say: Say) {
  await inTurn(changes, 16, async (at) => {
    const answer = await book.call('set_tier', { id: String(100_000 + at), tier: 'B' });
    if (!answer.includes('STAGED')) throw new Error(`not staged: ${answer.slice(0, 500)}`);
  });
  const id = /B-[0-9A-Z]{10}/.exec(await book.call('set_tier', { id: '99999', tier: 'B' }))?.[0] ?? '';
  await book.call('trapkey_batch_submit', { batch: id });
  await book.ready(id);
  const straight = await timed(() =>
    inTurn(changes, lanes, async (at) => {
      const account = { id: String(500_000 + at) };
      await book.straight('get_account', account);
      await book.straight('set_tier', { ...account, tier: 'B' });
      await book.straight('get_account', account);
    }),
  );
  const cpu = process.cpuUsage();
  const through = await timed(async () => {
    await book.apply(id);
    for (let state = await book.state(id); state !== 'applied'; state = await book.state(id)) {
      if (state !== 'applying') throw new Error(`the bench's batch is ${state}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  const used = process.cpuUsage(cpu);
  const figures = {
    apply_changes: changes,
    apply_per_s: short((changes * 1_000) / through),
    apply_ms: short(through / changes),
    apply_upstream_ms: short(straight / changes),
    apply_overhead_ms: short((through - straight) / changes),
    apply_cpu_us: short((used.user + used.system) / changes),
  };
  say(
    `  applied                  ${figures.apply_per_s}/s, ${lanes} at once: ${figures.apply_ms} ms a change, ${figures.apply_upstream_ms} of it the upstream's own, overhead ${figures.apply_overhead_ms} ms (${figures.apply_cpu_us} µs of processor)`,
  );
  return figures;
}

/** What a person opens of a large batch: the batch, and pages of its changes at the beginning, in the middle and at the end. */
async function looking(book: SalesBookBench, changes: number, say: Say) {
  for (let at = 0; at < 200; at++) await book.call('set_tier', { id: String(200_000 + at), tier: 'B' });
  const id = /B-[0-9A-Z]{10}/.exec(await book.call('set_tier', { id: '88888', tier: 'B' }))?.[0] ?? '';
  await book.call('trapkey_batch_submit', { batch: id });
  book.enlarge(id, changes);
  const pages: Readonly<Record<string, (at: number) => string>> = {
    page: (at) => `/api/batches/${id}/changes?max=100&cursor=${Math.floor((at / 100) * changes)}`,
    detail: () => `/api/batches/${id}`,
    list: () => '/api/batches?state=all',
    screen: () => `/b/${id}`,
  };
  const figures: Record<string, unknown> = { page_changes: changes };
  for (const [name, path] of Object.entries(pages)) {
    const samples: number[] = [];
    for (let at = 0; at < 100; at++) {
      for (let began = performance.now(); ; began = performance.now()) {
        const reply = await book.reviewer.get(path(at));
        const took = performance.now() - began;
        if (reply.status === 200) samples.push(took);
        // Nobody looks so often: the limit on requests is not what is measured.
        else if (reply.status === 429) await new Promise((resolve) => setTimeout(resolve, 500));
        else throw new Error(`${path(at)}: ${reply.status} ${reply.text.slice(0, 300)}`);
        if (reply.status === 200) break;
      }
    }
    figures[`${name}_ms`] = { p50: short(quantile(samples, 0.5)), p99: short(quantile(samples, 0.99)) };
    say(`  ${name.padEnd(24)} of ${changes} changes: p50 ${short(quantile(samples, 0.5))} ms, p99 ${short(quantile(samples, 0.99))} ms`);
  }
  return figures;
}

async function timed(run: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

/** Does it for 0, 1, 2 …, so many at once. */
async function inTurn(count: number, atOnce: number, once: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) await once(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
