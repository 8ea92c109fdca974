import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import type { UpstreamAddress } from '@trapkey/contract/upstream.ts';
import { minimalPath, programOf } from './command.ts';
import { canIsolate, isolated } from './isolate.ts';

const stderrKept = 4_096;
const graceMs = 1_000;

/** A running server process, in a group of its own. */
export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** True until it exited or is being ended. */
  readonly alive: boolean;
  /** The last that it wrote to stderr: for the record, never for the model. */
  stderr(): string;
  /** Closes its input, and kills its whole group when it does not go by itself. */
  end(): Promise<void>;
  kill(): void;
}

type StdioAddress = Extract<UpstreamAddress, { kind: 'stdio' }>;

/** Starts the command with an empty environment, a private home and no sight of the hidden folders. */
export async function startChild(address: StdioAddress, hidden: readonly string[]): Promise<Child> {
  mkdirSync(address.home, { recursive: true, mode: 0o700 });
  chmodSync(address.home, 0o700);
  const program = programOf(address.command, [process.cwd(), import.meta.dirname]);
  const { file, args } = (await canIsolate()) ? isolated(program, hidden) : program;
  const child = spawn(file, args, {
    cwd: address.home,
    env: { PATH: minimalPath(), HOME: address.home, LANG: 'C.UTF-8', ...address.env },
    stdio: 'pipe',
    detached: true,
  });
  let exited = false;
  let ending = false;
  let errors = Buffer.alloc(0);
  const gone = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  }).then(() => {
    exited = true;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors = Buffer.concat([errors, chunk]).subarray(-stderrKept);
  });

  function kill(): void {
    ending = true;
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  }

  return {
    process: child,
    get alive() {
      return !exited && !ending;
    },
    stderr: () => errors.toString('utf8').trim(),
    async end() {
      ending = true;
      child.stdin.end();
      const timer = setTimeout(kill, graceMs);
      await gone;
      clearTimeout(timer);
      // Whatever it started and left behind goes with it.
      kill();
    },
    kill,
  };
}
