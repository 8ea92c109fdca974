import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Entry } from '@trapkey/contract/entry.ts';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../../packages/server/src/effects/record/keys.ts';
import { ledgerOf } from '../../packages/server/src/effects/record/ledger-read.ts';
import { openCalls } from '../../packages/server/src/effects/record/settle-store.ts';
import { signerOf } from '../../packages/server/src/effects/record/signer.ts';
import { verifyLedger } from '../../packages/server/src/effects/record/verify-ledger.ts';
import { keepRecord } from '../../packages/server/src/effects/record/worker.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

const roundsOn = { sqlite: 200, postgres: 20 };
const clients = 16;

/** What an answer promises to be in the record, by the word that the client got. */
const promised: Readonly<Record<string, readonly Entry['kind'][]>> = {
  result: ['requested', 'decided', 'executed'],
  held: ['requested', 'decided', 'held'],
  check_failed: ['requested', 'decided'],
};

describe.each(databases)('kill -9 under load on $name', ({ name, fresh }) => {
  let one: FreshDatabase;
  let folder: string;
  const file = (of: string) => join(folder, of);
  beforeEach(async () => {
    one = await fresh();
    folder = mkdtempSync(join(tmpdir(), 'trapkey-crash-'));
  });
  afterEach(async () => {
    await one.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`loses nothing that was answered in ${roundsOn[name]} rounds, and lets nothing upstream unrecorded`, {
    timeout: 600_000,
  }, async () => {
    const cache = file('cache');
    const settings = {
      address: one.address,
      keysFolder: file('keys'),
      effectsFile: file('effects'),
      answersFile: file('answers'),
      clients,
    };
    let next = start(settings, cache);
    const [answers, effects] = [reading(settings.answersFile), reading(settings.effectsFile)];
    const seen = { answers: 0, effects: 0 };
    for (let round = 0; round < roundsOn[name]; round++) {
      const serving = next;
      // The next one loads while this one works.
      next = start(settings, cache);
      await serving.said('ready');
      serving.child.stdin?.write('go\n');
      // One in ten dies while it starts, where it closes what the one before left open; the others in the midst of calls.
      if (round % 10 === 9) await pause(Math.random() * 60);
      else await grown(settings.answersFile, 1 + Math.random() * 1_500, serving);
      await serving.kill();
      seen.answers += await checkAnswers(answers());
      seen.effects += await checkEffects(effects());
    }
    await next.kill();
    expect(seen.answers).toBeGreaterThan(roundsOn[name] * 10);
    expect(seen.effects).toBeGreaterThan(roundsOn[name] * 10);
    await checkClosed(settings.keysFolder);
  });

  /** Every line is of a call whose answer a client got: its entries are there. */
  async function checkAnswers(lines: readonly string[]): Promise<number> {
    const kinds = await kindsOf(lines.map((line) => line.split(' ')[0] ?? ''));
    for (const line of lines) {
      const [call = '', word = ''] = line.split(' ');
      expect(promised, line).toHaveProperty(word);
      expect([...(kinds.get(call) ?? [])], line).toEqual(expect.arrayContaining([...(promised[word] ?? [])]));
    }
    return lines.length;
  }

  /** Every line is of something that happened upstream: a durable allow, or a durable `probing`, came before. */
  async function checkEffects(lines: readonly string[]): Promise<number> {
    const kinds = await kindsOf(lines.map((line) => line.split(' ')[0] ?? ''));
    for (const line of lines) {
      const [call = ''] = line.split(' ');
      const found = kinds.get(call) ?? new Set();
      expect(found.has('decided allow') || found.has('probing'), line).toBe(true);
    }
    return lines.length;
  }

  async function kindsOf(calls: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const kinds = new Map<string, Set<string>>();
    const unique = [...new Set(calls)];
    for (let i = 0; i < unique.length; i += 500) {
      for (const row of await ledgerOf(one.database.read).ofCalls(unique.slice(i, i + 500))) {
        const found = kinds.get(row.call ?? '') ?? new Set();
        kinds.set(row.call ?? '', found.add(row.kind).add(`${row.kind} ${row.verdict}`));
      }
    }
    return kinds;
  }

  /** After one more start nothing is open, what was closed is `unknown`, and the whole record verifies. */
  async function checkClosed(keysFolder: string): Promise<void> {
    const keys = openKeys(keysFolder, { mayCreate: false });
    const recorder = openRecorder({ database: one.database, keys });
    const worker = await keepRecord({ database: one.database, recorder, keys, clock: Date.now, alarm: () => {} });
    await worker.stop();
    await recorder.close();
    const ledger = ledgerOf(one.database.read);
    const size = (await ledger.head())?.size ?? 0;
    expect(await openCalls(one.database, 0, size)).toEqual([]);
    const closed = await one.database.read.selectFrom('ledger').select('bytes').where('kind', '=', 'closed').execute();
    const outcomes = closed.map((row) => (JSON.parse(row.bytes) as Entry).outcome);
    expect(outcomes.length).toBeGreaterThan(roundsOn[name]);
    expect(new Set(outcomes)).toEqual(new Set(['unknown']));
    const report = await verifyLedger(ledger, { publicKey: signerOf(keys).publicKey, checkpoints: [] });
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ ok: true, entries: size, confirmed: { signed_to: size } });
  }
});

/** The complete lines that were added to a file since the last look. */
function reading(path: string): () => readonly string[] {
  let at = 0;
  return () => {
    const text = existsSync(path) ? readFileSync(path, 'utf8').slice(at) : '';
    const complete = text.slice(0, text.lastIndexOf('\n') + 1);
    at += complete.length;
    return complete.split('\n').filter((line) => line.endsWith(' .'));
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until the process wrote so many bytes more to a file, and then for some part of its next commit. */
async function grown(path: string, bytes: number, serving: { readonly alive: () => boolean }): Promise<void> {
  const size = () => (existsSync(path) ? statSync(path).size : 0);
  const goal = size() + bytes;
  while (size() < goal && serving.alive()) await pause(1);
  await pause(Math.random() * 5);
}

function start(settings: object, cache: string) {
  const child: ChildProcess = spawn(process.execPath, [inject('serving').crash, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Halves the time to start, and with it the time between two crashes.
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  const heard = new Set<string>();
  const waiting = new Map<string, () => void>();
  let errors = '';
  child.stderr?.on('data', (chunk) => (errors += chunk));
  child.stdin?.on('error', () => {});
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      heard.add(line);
      waiting.get(line)?.();
    });
  }
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    child,
    alive: () => child.exitCode === null,
    said: async (word: string) => {
      if (heard.has(word)) return;
      const died = ended.then(() => Promise.reject(new Error(`it ended before it said ${word}: ${errors}`)));
      await Promise.race([new Promise<void>((resolve) => waiting.set(word, resolve)), died]);
    },
    kill: async () => {
      if (child.exitCode !== null) throw new Error(`it ended by itself: ${errors}`);
      child.kill('SIGKILL');
      await ended;
    },
  };
}
