import type { BenchOptions } from './bench.ts';
import { frameCosts } from './frame.ts';
import { type LoadFigures, load, type Target } from './load.ts';
import { memory } from './memory.ts';
import { cpuMs, threadsMs } from './processes.ts';
import { short } from './quantiles.ts';
import { type Running, startForwarder, startMcpProxy, startSdkProxy, startTrapkey, startUpstream } from './targets.ts';

const clientCounts = [1, 16, 64] as const;
const names = ['direct', 'forwarder', 'sdk-proxy', 'mcp-proxy', 'trapkey', 'trapkey-full'] as const;
type Name = (typeof names)[number];

interface Run extends Omit<LoadFigures, 'calls'> {
  readonly target: Name;
  /** Processor time of the target's own process; for `direct` the upstream's. */
  readonly cpu_us_per_call: number;
}

/**
 * Direct, forwarder, SDK proxy, npm `mcp-proxy` and Trapkey, also with screening, provenance and limits on, in front of the same upstream in one run.
 * Each window is short and the targets take turns, so that a machine that slows down slows all of them.
 */
export async function gateway({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const upstream = await startUpstream();
  const targets: Readonly<Record<Name, Running>> = {
    direct: upstream,
    forwarder: await startForwarder(upstream.url),
    'sdk-proxy': await startSdkProxy(upstream.url),
    'mcp-proxy': await startMcpProxy(),
    trapkey: await startTrapkey(upstream.url, { folder: data }),
    'trapkey-full': await startTrapkey(upstream.url, { folder: data, full: true }),
  };
  try {
    // What a compiler has still to look at is not what anyone runs for longer than a minute.
    for (const name of names) await load(targets[name], 16, { calls: quick ? 8_000 : 25_000 });
    const runs = await takeTurns(targets, quick ? { rounds: 3, ms: 1_000 } : { rounds: 5, ms: 3_000 });
    for (const run of runs) say(line(run));
    const compared = compare(runs);
    for (const [what, value] of Object.entries(compared)) say(`${what.padEnd(40)} ${value}`);
    const threads_us_per_call = await threadCosts(targets.trapkey, 16, quick ? 2_000 : 5_000);
    say("processor time of a call by Trapkey's threads, at 16 clients, in µs:");
    for (const [name, us] of Object.entries(threads_us_per_call)) say(`  ${name.padEnd(20)} ${us}`);
    // A process of its own: the one above has been measured by then, and has its history.
    const remembered = await memory(upstream.url, { folder: data, calls: quick ? 20_000 : 100_000 });
    say(`memory of Trapkey: ${remembered.samples.map(({ calls, mib }) => `${mib} MiB after ${calls / 1000} k calls`).join(', ')}`);
    const cpu_us_per_call = await frameCosts(data, quick ? 6_000 : 30_000);
    say('processor time of one call, in µs:');
    for (const [part, us] of Object.entries(cpu_us_per_call)) say(`  ${part.padEnd(20)} ${us}`);
    return { runs, ...compared, threads_us_per_call, ...remembered.figures, cpu_us_per_call };
  } finally {
    for (const name of names) if (name !== 'direct') await targets[name].stop();
    await upstream.stop();
  }
}

async function takeTurns(
  targets: Readonly<Record<Name, Running>>,
  { rounds, ms }: { readonly rounds: number; readonly ms: number },
): Promise<readonly Run[]> {
  const taken = new Map<string, Run[]>();
  for (let round = 0; round < rounds; round++) {
    for (const clients of clientCounts) {
      for (const name of names) {
        const key = `${name} ${clients}`;
        taken.set(key, [...(taken.get(key) ?? []), await one(name, targets[name], clients, ms)]);
      }
    }
  }
  return clientCounts.flatMap((clients) => names.map((name) => middle(taken.get(`${name} ${clients}`) ?? [])));
}

async function one(target: Name, at: Target & Pick<Running, 'pid'>, clients: number, ms: number): Promise<Run> {
  const before = await cpuMs(at.pid);
  const { calls, ...figures } = await load(at, clients, { ms });
  return { target, ...figures, cpu_us_per_call: Math.round(((await cpuMs(at.pid)) - before) * (1000 / calls)) };
}

/** What a call costs each thread of the target, in µs of processor time. */
async function threadCosts(at: Running, clients: number, ms: number): Promise<Readonly<Record<string, number>>> {
  const before = await threadsMs(at.pid);
  const { calls } = await load(at, clients, { ms });
  const costs = [...(await threadsMs(at.pid))].map(([name, now]) => [name, ((now - (before.get(name) ?? 0)) * 1000) / calls] as const);
  return Object.fromEntries(costs.filter(([, us]) => us >= 1).map(([name, us]) => [name, Math.round(us)]));
}

/** Each figure's median over the rounds. */
function middle(runs: readonly Run[]): Run {
  const [first] = runs;
  if (!first) throw new Error('nothing was measured');
  const median = (of: (run: Run) => number): number => [...runs].map(of).sort((a, b) => a - b)[Math.floor(runs.length / 2)] as number;
  return {
    target: first.target,
    clients: first.clients,
    calls_per_s: median((run) => run.calls_per_s),
    p50_ms: median((run) => run.p50_ms),
    p99_ms: median((run) => run.p99_ms),
    cpu_us_per_call: median((run) => run.cpu_us_per_call),
  };
}

function compare(runs: readonly Run[]) {
  const at = (target: Name, clients: number): Run => runs.find((run) => run.target === target && run.clients === clients) as Run;
  const rate = (target: Name) => at(target, 16).calls_per_s;
  return {
    trapkey_over_mcp_proxy_at_16: short(rate('trapkey') / rate('mcp-proxy')),
    trapkey_over_sdk_proxy_at_16: short(rate('trapkey') / rate('sdk-proxy')),
    trapkey_over_forwarder_at_16: short(rate('trapkey') / rate('forwarder')),
    trapkey_full_over_trapkey_at_16: short(rate('trapkey-full') / rate('trapkey')),
    added_p50_ms_at_1: short(at('trapkey', 1).p50_ms - at('direct', 1).p50_ms),
    added_p99_ms_at_1: short(at('trapkey', 1).p99_ms - at('direct', 1).p99_ms),
  };
}

function line({ target, clients, calls_per_s, p50_ms, p99_ms, cpu_us_per_call }: Run): string {
  return `${target.padEnd(12)} ${String(clients).padStart(2)} clients ${String(calls_per_s).padStart(6)} calls/s  p50 ${p50_ms} ms  p99 ${p99_ms} ms  ${cpu_us_per_call} µs of processor a call`;
}
