import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { openRecorder } from '../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../packages/server/src/effects/record/keys.ts';
import { openRecordReader } from '../packages/server/src/effects/record/read.ts';
import { signerOf } from '../packages/server/src/effects/record/signer.ts';
import { verifyLedger } from '../packages/server/src/effects/record/verify-ledger.ts';
import { checkpointNow } from '../packages/server/src/effects/record/worker.ts';
import { systemClock } from '../packages/server/src/kernel/clock.ts';
import { newCallId } from '../packages/server/src/kernel/ids.ts';
import type { Recorder } from '../packages/server/src/kernel/recorder.ts';
import { type DatabaseAddress, openDatabase } from '../packages/server/src/storage/database.ts';
import { freshPostgres } from '../test/support/databases.ts';
import { startPostgres } from '../test/support/postgres.ts';
import type { BenchOptions } from './bench.ts';

/** Calls that are under way at once: each waits for its own commits, and the groups form by themselves. */
const concurrent = 512;
const entriesPerCall = 3;

/** Append and verify on the production tables with every index, every group on the disk before it counts; figures in entries. */
export async function record({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const calls = quick ? 15_000 : 100_000;
  const folder = await mkdtemp(join(data ?? tmpdir(), 'trapkey-bench-'));
  try {
    const { append_per_s, sealed_append_per_s, verify_per_s, entries } = await measure(
      { kind: 'sqlite', file: join(folder, 'trapkey.db') },
      folder,
      calls,
    );
    say(
      `embedded store, synchronous=FULL: append ${append_per_s} entries/s, with sealed payloads ${sealed_append_per_s}; verify ${verify_per_s} entries/s (${entries} entries)`,
    );
    const postgres = await onPostgres(folder, quick ? 5_000 : 30_000, say);
    return { entries, append_per_s, sealed_append_per_s, verify_per_s, ...(postgres && { postgres }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function onPostgres(folder: string, calls: number, say: (line: string) => void) {
  const server = await startPostgres({ durable: true }).catch((error: unknown) => {
    say(`PostgreSQL could not be started, so it is left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });
  if (!server) return undefined;
  try {
    const { address, remove } = await freshPostgres(server.url);
    const figures = await measure(address, join(folder, 'postgres'), calls);
    await remove();
    say(
      `PostgreSQL, fsync on: append ${figures.append_per_s} entries/s, with sealed payloads ${figures.sealed_append_per_s}; verify ${figures.verify_per_s} entries/s`,
    );
    return figures;
  } finally {
    await server.stop();
  }
}

async function measure(address: DatabaseAddress, folder: string, calls: number) {
  const database = await openDatabase(address);
  const keys = openKeys(join(folder, 'keys'), { mayCreate: true });
  const recorder = openRecorder({ database, keys, thread: true });
  try {
    const append = (count: number, sealed: boolean) => timed(() => writeCalls(recorder, count, sealed), count * entriesPerCall);
    await append(Math.round(calls / 10), false);
    const append_per_s = await append(calls, false);
    const sealed_append_per_s = await append(Math.round(calls / 4), true);
    const note = await checkpointNow({ recorder, keys, clock: systemClock });
    const { ledger } = openRecordReader({ database });
    const entries = (await ledger.head())?.size ?? 0;
    const trust = { publicKey: signerOf(keys).publicKey, checkpoints: note === undefined ? [] : [note] };
    const verify_per_s = await timed(async () => {
      const report = await verifyLedger(ledger, trust);
      if (!report.ok || report.entries !== entries) throw new Error(`the bench's record does not verify: ${report.says}`);
    }, entries);
    return { entries, append_per_s, sealed_append_per_s, verify_per_s };
  } finally {
    await recorder.close();
    await database.close();
  }
}

async function timed(work: () => Promise<void>, entries: number): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round((entries * 1_000) / (performance.now() - began));
}

/** Calls as `handle` writes them: `requested` and `decided` in one commit, `executed` in another after it. */
export async function writeCalls(recorder: Recorder, calls: number, sealed: boolean): Promise<void> {
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < calls) {
      const at = next++;
      const [requested, decided, executed] = callEntries(at);
      const payload = (text: string) => (sealed ? { sealed: [recorder.seal(`R-${at % 50}`, { at, text })] } : {});
      await recorder.commit({ entries: [requested, decided], ...payload('arguments '.repeat(40)) });
      await recorder.commit({ entries: [executed], ...payload('result '.repeat(80)) });
    }
  };
  await Promise.all(Array.from({ length: concurrent }, write));
}

function callEntries(at: number): readonly [EntryFields, EntryFields, EntryFields] {
  const atMs = Date.now();
  const digest = `sha256:${'ab'.repeat(32)}`;
  const about = {
    timestamp: new Date(atMs).toISOString(),
    actor: 'bench',
    on_behalf_of: `person${at % 100}@corp.example`,
    action: `tool_${at % 200}`,
    plugin: 'bench@1.0.0',
    call: newCallId(atMs),
    attempt: 0,
    connector: 'orders',
    tool: `tool_${at % 200}`,
    method: 'tools/call',
    policy: digest,
    arguments: digest,
    assurance: { on_behalf_of: 'proved' },
  } as const;
  const known = {
    run: 'R-BENCH00000',
    environment: 'production',
    effect: 'read',
    tier: 'low',
    reversible: true,
    reach: null,
    destination: 'inside',
    amount: null,
    definition: digest,
  } as const;
  const verdict = { verdict: 'allow', code: 'allowed', rule: 'tier/low', approval: null } as const;
  return [
    { ...about, kind: 'requested' },
    { ...about, ...known, ...verdict, kind: 'decided', decide_ms: 0 },
    {
      ...about,
      ...known,
      ...verdict,
      kind: 'executed',
      outcome: 'done',
      data_sources: ['orders:EMEA'],
      upstream_ms: 1,
      result: { bytes: 300, rows: 6, screened: [], digest },
    },
  ];
}
