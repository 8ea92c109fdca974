import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../packages/server/src/config.ts';
import { accessDoor, stopsDoor } from '../../packages/server/src/wire-doors.ts';
import { type RecordingUpstream, startUpstream } from '../../test/support/e2e-upstream.ts';
import { startProgram } from '../processes.ts';

const main = join(import.meta.dirname, '../../packages/server/src/main.ts');
const [agent, owner] = ['ann@corp.example', 'root@corp.example'];

/** Gateways in processes of their own on one database, calls that hang at an upstream of this process, and a person's commands. */
export interface ContainHouse {
  readonly stops: Awaited<ReturnType<typeof stopsDoor>>['stops'];
  /** Starts one call on each gateway so often; resolves when all are at the upstream. */
  hang(each: number): Promise<{
    /** Resolves with the moment at which the upstream saw the last of them end. */
    readonly aborted: Promise<number>;
    readonly answered: Promise<readonly string[]>;
  }>;
  close(): Promise<void>;
}

function policy(url: string): string {
  return [
    { organization: 'corp', owner },
    { directory: [{ person: agent, groups: ['sales'] }] },
    { connection: 'crm', owner, upstream: { url }, network: 'private', sharing: 'all', call_timeout: '60s' },
    { connector: 'crm', tools: { look: { effect: 'read' } } },
    { plugin: 'sales', owner, for: ['group:sales'], release: { version: '1' }, connectors: ['crm'] },
  ]
    .map((document) => JSON.stringify(document))
    .join('\n---\n');
}

/** Opens it; `database` is a `postgres://` URL, or undefined for the embedded store. */
export async function openContainHouse(under: string | undefined, database: string | undefined, gateways: number): Promise<ContainHouse> {
  const home = await mkdtemp(join(under ?? tmpdir(), 'trapkey-bench-'));
  const ended: (() => void)[] = [];
  let last = 0;
  const upstream = await startUpstream({
    look: {
      answer: (_args, { response }) => {
        response.once('close', () => {
          last = performance.now();
          if (upstream.open() === 0) for (const tell of ended.splice(0)) tell();
        });
        return undefined;
      },
    },
  });
  const folder = join(home, 'policy');
  await mkdir(folder);
  await writeFile(join(folder, 'corp.yaml'), policy(upstream.url));
  const flags = { data: join(home, 'data'), policy: folder, port: '0', ...(database && { database }) };
  const where = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const running: { readonly url: string; readonly process: ChildProcess }[] = [];
  for (let at = 0; at < gateways; at++) {
    const command = [process.execPath, main, ...where, 'up', '--quiet', '--admin', owner];
    running.push(await startProgram(command, (line) => /^Trapkey serves at (\S+?)\.?(?: |$)/.exec(line)?.[1]));
  }
  const config = readConfig(flags, {});
  const access = await accessDoor(config, {});
  const [token] = await access.tokens.issue({ plugin: 'sales', person: agent, by: { person: owner, roles: ['administrator'] } });
  const door = await stopsDoor(config, {});
  const call = async (url: string): Promise<string> => {
    for (;;) {
      const text = await lookAt(`${url}${token?.audience}`, token?.token ?? '');
      // A gateway that does not know of the release yet.
      if (!text.includes('The connector crm is stopped')) return text;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return {
    stops: door.stops,
    async hang(each) {
      const before = upstream.calls.length;
      const answers = running.flatMap(({ url }) => Array.from({ length: each }, () => call(url)));
      await reached(upstream, before + answers.length, answers);
      const aborted = new Promise<number>((resolve) => ended.push(() => resolve(last)));
      return { aborted, answered: Promise.all(answers) };
    },
    async close() {
      await Promise.all([door.close(), access.close()]);
      await Promise.all(running.map(({ process: child }) => new Promise((gone) => child.once('exit', gone) && child.kill('SIGTERM'))));
      await upstream.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A call that did not get there was refused: then the release is not known everywhere yet, or something is wrong. */
async function reached(upstream: RecordingUpstream, calls: number, answers: readonly Promise<string>[]): Promise<void> {
  const early = Promise.race(answers).then((text) => Promise.reject(new Error(`a call was answered early: ${text.slice(0, 300)}`)));
  early.catch(() => undefined);
  while (upstream.calls.length < calls || upstream.open() < answers.length) {
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 1)), early]);
  }
}

async function lookAt(url: string, token: string): Promise<string> {
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'look',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'look', arguments: {}, _meta } }),
  });
  return await response.text();
}
