import { type ChildProcess, spawn } from 'node:child_process';

/** A program that prints `listening <port>` (or a line that `ready` finds one in) once it serves. */
export async function startProgram(
  command: readonly string[],
  ready: (line: string) => string | undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let output = '';
  return await new Promise((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      for (const line of output.split('\n')) {
        const url = ready(line);
        if (url !== undefined) resolve({ url, process: child });
      }
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', (code) => reject(new Error(`${command.join(' ')} ended with ${code}: ${output.slice(-2000)}`)));
  });
}

/** Matches the line that the bench's own programs print. */
export function listening(line: string): string | undefined {
  const port = /^listening (\d+)$/.exec(line)?.[1];
  return port === undefined ? undefined : `http://127.0.0.1:${port}/mcp`;
}

/** Resident memory of a process in MiB, from the kernel. */
export async function rssMib(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024);
}

/** Milliseconds of processor time that a process has used so far, all its threads. */
export async function cpuMs(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  return usedMs(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

/** The same of each of its threads that live, by name; threads of one name together. */
export async function threadsMs(pid: number): Promise<ReadonlyMap<string, number>> {
  const { readFile, readdir } = await import('node:fs/promises');
  const threads = new Map<string, number>();
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    threads.set(name, (threads.get(name) ?? 0) + usedMs(stat));
  }
  return threads;
}

function usedMs(stat: string): number {
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  // The kernel counts in ticks of 10 ms on every platform that has /proc.
  return (Number(user) + Number(system)) * 10;
}
