import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { keys } from '../gate/desk.ts';
import { databases } from '../support/databases.ts';
import { openLimited, word } from './limits-node.ts';
import { limited } from './limits-policy.ts';

// What runs every time is small; the whole race is 12,000 attempts at a limit of 1,000 in 3 processes on each database:
// TRAPKEY_LIMIT_ATTEMPTS=12000 TRAPKEY_LIMIT_MAX=1000 npx vitest run test/contain/limits-exact.test.ts
const attempts = Number(process.env['TRAPKEY_LIMIT_ATTEMPTS'] ?? 600);
const max = Number(process.env['TRAPKEY_LIMIT_MAX'] ?? 150);
const timeout = Number(process.env['TRAPKEY_LIMIT_TIMEOUT_MS'] ?? 120_000);
const processes = 3;
const clients = 64;
const limits = `limits: { actions: ${max} per 1h }`;

describe.each(databases)('a budget on $name', ({ fresh }) => {
  it(`lets ${max} of ${attempts} calls through in ${processes} processes, one of them killed: never one more`, { timeout }, async () => {
    const at = await fresh();
    const racers: Racer[] = [];
    try {
      for (let i = 0; i < processes; i++)
        racers.push(start({ address: at.address, limits, attempts: attempts / processes, clients: Math.ceil(clients / processes) }));
      for (const racer of racers) await racer.ready;
      for (const { child } of racers) child.stdin?.write('go\n');
      const [first] = racers as [Racer];
      await first.done(Math.floor(max / 10));
      first.child.kill('SIGKILL');
      const told = await Promise.all(racers.slice(1).map(({ end }) => end));
      await first.closed;
      // Decided is what may have run: of the one that was killed nobody can say more.
      const entries = await at.database.read.selectFrom('ledger').select('bytes').where('kind', '=', 'decided').execute();
      const allowed = entries
        .map(({ bytes }) => JSON.parse(bytes) as { verdict: string; code: string })
        .filter(({ verdict }) => verdict === 'allow');
      expect(allowed.length).toBeLessThanOrEqual(max);
      for (const { said } of told)
        for (const code of Object.keys(said)) expect(['result', 'limit_reached', 'record_unavailable']).toContain(code);
      // Who comes after them gets what is left, if anything is; then it has tripped, and says what was lost.
      const late = await openLimited(at.address, limited(limits));
      let more = 0;
      for (let i = 0; i <= max; i++) if (word(await late.call('look')) === 'result') more++;
      const [trip, ...others] = await late.limits.trips({ state: 'open' });
      await late.close();
      expect(others).toEqual([]);
      expect(trip).toMatchObject({ measure: 'actions', used: max, max });
      expect(allowed.length + more).toBeLessThanOrEqual(max);
      expect(allowed.length + more).toBeGreaterThanOrEqual(max - (trip?.lost ?? 0));
    } finally {
      for (const { child } of racers) child.kill('SIGKILL');
      await at.drop();
    }
  });
});

interface Told {
  readonly said: Readonly<Record<string, number>>;
}
type Racer = ReturnType<typeof start>;

function start(orders: object) {
  const script = fileURLToPath(new URL('./limits-racer.ts', import.meta.url));
  const env = { ...process.env, TRAPKEY_TEST_KEY: Buffer.from(keys.names).toString('hex') };
  const child: ChildProcess = spawn(process.execPath, [script, JSON.stringify(orders)], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Told>();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let dots = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    dots += chunk.filter((byte) => byte === 46).length;
    for (const { count, resolve } of waiting) if (dots >= count) resolve();
  });
  if (!child.stdout) throw new Error('it has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') ready.resolve();
    else if (line.startsWith('{')) ended.resolve(JSON.parse(line) as Told);
  });
  child.once('exit', (code, signal) => {
    ready.reject(new Error(`it ended with ${code ?? signal}`));
    if (signal !== 'SIGKILL') ended.reject(new Error(`it ended with ${code ?? signal} and told nothing`));
  });
  ready.promise.catch(() => undefined);
  ended.promise.catch(() => undefined);
  return {
    child,
    closed,
    ready: ready.promise,
    end: ended.promise,
    /** Once it let so many through. */
    done: (count: number) => new Promise<void>((resolve) => (dots >= count ? resolve() : waiting.push({ count, resolve }))),
  };
}
