import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from './load.ts';
import { benchPerson, benchPlugin, policyFiles } from './policy.ts';
import { listening, startProgram } from './processes.ts';

/** A way to the one upstream, running. */
export interface Running extends Target {
  readonly pid: number;
  stop(): Promise<void>;
}

const here = (name: string): string => join(import.meta.dirname, name);
const main = join(import.meta.dirname, '../packages/server/src/main.ts');

async function started(command: readonly string[], ready: (line: string) => string | undefined): Promise<Running> {
  const { url, process: child } = await startProgram(command, ready);
  return {
    url,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((stopped) => {
        if (child.exitCode !== null || child.signalCode !== null) return stopped();
        child.once('exit', () => stopped());
        child.kill('SIGTERM');
      }),
  };
}

export const startUpstream = () => started([process.execPath, here('upstream.ts'), '--http'], listening);
export const startForwarder = (upstream: string) => started([process.execPath, here('forwarder.ts'), upstream], listening);
export const startSdkProxy = (upstream: string) => started([process.execPath, here('sdk-proxy.ts'), upstream], listening);

/** npm `mcp-proxy` as its readme runs it: in front of the same upstream program over stdio. */
export async function startMcpProxy(): Promise<Running> {
  const port = await freePort();
  const program = join(import.meta.dirname, '../node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs');
  const command = [
    process.execPath,
    program,
    '--port',
    String(port),
    '--host',
    '127.0.0.1',
    '--server',
    'stream',
    '--',
    process.execPath,
    here('upstream.ts'),
  ];
  return await started(command, (line) => (line.includes('starting server on port') ? `http://127.0.0.1:${port}/mcp` : undefined));
}

export interface TrapkeyOptions {
  /** Where its data folder is made; on a real disk, because durability is what is measured. */
  readonly folder: string | undefined;
  /** Options of Node itself, for a profile. */
  readonly node?: readonly string[];
  /** With screening, provenance and limits on. */
  readonly full?: boolean;
}

/** Trapkey as anyone runs it: `up` with everything on, on the embedded store in a new folder; nothing in it is told that it is measured. */
export async function startTrapkey(upstream: string, { folder, node = [], full = false }: TrapkeyOptions): Promise<Running> {
  const home = await mkdtemp(join(folder ?? tmpdir(), 'trapkey-bench-'));
  const policy = join(home, 'policy');
  await mkdir(policy);
  for (const [name, text] of Object.entries(policyFiles({ tools: 200, rulesPerTool: 3, full }, upstream)))
    await writeFile(join(policy, name), text);
  const where = ['--data', join(home, 'data'), '--policy', policy, '--port', '0'];
  let code = '';
  const running = await started([process.execPath, ...node, main, ...where, 'up', '--quiet', '--admin', benchPerson], (line) => {
    code = /^Code of \S+: (\S+)/.exec(line)?.[1] ?? code;
    return /^Trapkey serves at (\S+)/.exec(line)?.[1];
  });
  const server = (await connected(where, code)).mcpServers[`${benchPlugin.id}-${benchPlugin.connector}`];
  if (!server) throw new Error('trapkey connect gave no server of the bench plugin');
  return {
    ...running,
    url: server.url,
    headers: { authorization: server.headers.Authorization },
    async stop() {
      await running.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

interface ClientConfiguration {
  readonly mcpServers: Readonly<Record<string, { readonly url: string; readonly headers: { readonly Authorization: string } } | undefined>>;
}

/** `trapkey connect`, as a person runs it; the code goes in by standard input. */
async function connected(where: readonly string[], code: string): Promise<ClientConfiguration> {
  const child = spawn(process.execPath, [main, ...where, 'connect', benchPlugin.id, '--json', '--code-stdin'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(code);
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  return JSON.parse(text) as ClientConfiguration;
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { readonly port: number };
      probe.close(() => found(port));
    });
  });
}
