import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { Account } from './crm/accounts.ts';
import type { Held } from './crm/call.ts';
import { type Modes, plainModes } from './crm/modes.ts';
import type { CrmSettings } from './crm/serve.ts';
import type { Logged } from './crm/store.ts';

/** A CRM in a process of its own, which outlives any gateway, and what a test may ask it by its side door. */
export interface Crm {
  /** Where its MCP server is; the same after it was started again. */
  readonly url: string;
  /** Everything that reached it, in its own order; `after` a number that it gave before. */
  log(after?: number): Promise<readonly Logged[]>;
  /** Lines of changes that it made: each once, in order. */
  applied(after?: number): Promise<readonly Logged[]>;
  accounts(): Promise<readonly Account[]>;
  account(id: string): Promise<Account | null>;
  mails(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** From now on it behaves so; what is not named stays. */
  behave(change: Partial<Modes>): Promise<void>;
  /** From now on it behaves well. */
  recover(): Promise<void>;
  held(): Promise<readonly Held[]>;
  release(): Promise<void>;
  /** Another user changes an account. */
  edit(id: string, change: Partial<Account>): Promise<void>;
  alive(): boolean;
  /** kill -9. */
  kill(): Promise<void>;
  /** On the same file and port, with the modes that it began with. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const program = new URL('./crm/main.ts', import.meta.url).pathname;
const compiled = new URL('../../node_modules/.cache/trapkey-e2e', import.meta.url).pathname;

/** Starts it on a new file. */
export async function startCrm(settings: Omit<CrmSettings, 'file'> = {}): Promise<Crm> {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-crm-'));
  const file = join(folder, 'crm.db');
  let running = await start({ ...settings, file });
  const { url } = running;
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const reply = await fetch(`${url}/control/${path}`, body ? { method: 'PUT', body: JSON.stringify(body) } : {});
    if (!reply.ok) throw new Error(`the CRM answered ${reply.status}: ${await reply.text()}`);
    return (await reply.json()) as T;
  };
  const log = (after = 0) => ask<readonly Logged[]>(`log?after=${after}`);
  const kill = async () => {
    running.child.kill('SIGKILL');
    await running.ended;
  };
  return {
    url: `${url}/mcp`,
    log,
    applied: async (after) => (await log(after)).filter(({ did }) => did === 'applied'),
    accounts: () => ask('accounts'),
    account: (id) => ask(`accounts/${id}`),
    mails: () => ask('mails'),
    behave: async (change) => void (await ask('modes', change)),
    recover: async () => void (await ask('modes', plainModes)),
    held: () => ask('held'),
    release: async () => void (await ask('release', {})),
    edit: async (id, change) => void (await ask(`accounts/${id}`, change)),
    alive: () => running.child.exitCode === null && running.child.signalCode === null,
    kill,
    async restart() {
      await kill();
      running = await start({ ...settings, file, port: Number(new URL(url).port) });
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A CRM that is gone when the test is over. */
export async function startCrmForTest(settings?: Omit<CrmSettings, 'file'>): Promise<Crm> {
  const crm = await startCrm(settings);
  onTestFinished(() => crm.close());
  return crm;
}

async function start(settings: CrmSettings) {
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compiled },
  });
  child.stdin?.on('error', () => {});
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    void ended.then(() => reject(new Error('the CRM ended before it served')));
  });
  return { url, child, ended };
}
