import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inject, onTestFinished, vi } from 'vitest';

/** The program as it stands in the repository, which `npm start` runs; tests take the bundle of it, which starts in a third of the time. */
export const sourceProgram = new URL('../../packages/server/src/main.ts', import.meta.url).pathname;
const startsWithinMs = 90_000;
// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** What a client is told about one endpoint. */
export interface Server {
  readonly url: string;
  readonly headers: { readonly Authorization: string };
}
export type Servers = Readonly<Record<string, Server>>;

/** A gateway in a process of its own, as a person starts it. */
export interface Gateway {
  readonly house: House;
  readonly url: string;
  /** The administrator's code, and the client configuration: only at the first start. */
  readonly code: string;
  readonly servers: Servers;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Waits until its output holds this. */
  says(what: string | RegExp, where?: 'stdout' | 'stderr'): Promise<string>;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** kill -9. */
  kill(): Promise<void>;
}

/** A folder of one deployment: its data, its policy, its settings. */
export interface House {
  readonly folder: string;
  readonly data: string;
  readonly policy: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes or replaces a policy file. */
  write(file: string, text: string): void;
  /** Runs one command in a process of its own. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Starts `up`, or `start`, and waits until it serves. */
  serve(how?: { readonly command?: readonly string[]; readonly env?: Readonly<Record<string, string>> }): Promise<Gateway>;
  remove(): void;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** False: options of the program are all in `args`. */
  readonly located?: boolean;
}

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Makes an empty deployment; `files` are its policy, `program` what a person starts. */
export function openHouse(
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
  program = inject('serving').main,
): House {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-e2e-'));
  const [data, policy] = [join(folder, 'data'), join(folder, 'policy')];
  mkdirSync(policy);
  const living = new Set<ChildProcess>();
  const write = (file: string, text: string) => writeFileSync(join(policy, file), text);
  for (const [file, text] of Object.entries(files)) write(file, text);
  // Nothing of the environment of whoever runs the tests may decide what they show.
  const base = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TRAPKEY_HELD_WAIT: '0s',
    NODE_COMPILE_CACHE: inject('serving').code,
    ...env,
  };
  const located = ['--data', data, '--policy', policy];
  const house: House = {
    folder,
    data,
    policy,
    env: base,
    write,
    run: (args, options = {}) =>
      ran(
        spawn(process.execPath, [program, ...(options.located === false ? [] : located), ...args], { env: { ...base, ...options.env } }),
        options.input,
      ),
    serve: async ({ command = ['up'], env: more = {} } = {}) => {
      const where = command[0] === 'start' ? ['--data', data] : located;
      const child = spawn(process.execPath, [program, ...where, '--port', '0', ...command], {
        env: { ...base, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      living.add(child);
      child.once('exit', () => living.delete(child));
      return await served(house, child);
    },
    remove() {
      for (const child of living) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return house;
}

/** A deployment that is gone when the test is over. */
export function openHouseForTest(...given: Parameters<typeof openHouse>): House {
  const house = openHouse(...given);
  onTestFinished(() => house.remove());
  return house;
}

function ran(child: ChildProcess, input = ''): Promise<Ran> {
  const written = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => (written.out += chunk));
  child.stderr?.on('data', (chunk) => (written.err += chunk));
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, ...written })));
}

async function served(house: House, child: ChildProcess): Promise<Gateway> {
  const heard = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (heard.stdout += chunk));
  child.stderr?.on('data', (chunk) => (heard.stderr += chunk));
  const exited = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)));
  const says = async (what: string | RegExp, where: 'stdout' | 'stderr' = 'stdout') => {
    return await until(
      `the gateway says ${what}`,
      () => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}\n${heard.stdout}\n${heard.stderr}`);
        const found = typeof what === 'string' ? (heard[where].includes(what) ? what : undefined) : what.exec(heard[where])?.[0];
        return found;
      },
      () => `${heard.stdout}\n${heard.stderr}`,
    );
  };
  await says('Stop with Ctrl-C');
  const configuration = /\n(\{\n.*?\n\})\n/s.exec(heard.stdout)?.[1];
  return {
    house,
    url: /serves at (https?:\/\/[^\s,]+?)\.? /.exec(heard.stdout)?.[1] ?? '',
    code: /Code of \S+: (\S+)/.exec(heard.stdout)?.[1] ?? '',
    servers: configuration === undefined ? {} : (JSON.parse(configuration) as { readonly mcpServers: Servers }).mcpServers,
    pid: child.pid ?? 0,
    stdout: () => heard.stdout,
    stderr: () => heard.stderr,
    says,
    stop: async () => {
      child.kill('SIGINT');
      return await exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Looks until there is something; fails with what was there instead. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  instead: () => string = () => '',
): Promise<T> {
  const giveUpAtMs = performance.now() + startsWithinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > giveUpAtMs) throw new Error(`It never came that ${what}. ${instead()}`);
    await pause(40);
  }
}

/** Tokens of a plugin, as `trapkey connect` gives them to a person. */
export async function connectAs(house: House, plugin: string, code: string, options: readonly string[] = []): Promise<Servers> {
  const ran = await house.run(['connect', plugin, '--json', '--code-stdin', ...options], { input: code });
  if (ran.status !== 0) throw new Error(ran.err);
  return (JSON.parse(ran.out) as { readonly mcpServers: Servers }).mcpServers;
}

/** Entries of the stored record, oldest first. */
export async function entriesOf(house: House, query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { out, err, status } = await house.run(['record', 'list', '--json', '--limit', '1000', query]);
  if (status !== 0) throw new Error(err);
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .reverse();
}
