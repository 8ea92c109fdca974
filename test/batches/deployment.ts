import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { inject, onTestFinished } from 'vitest';
import { type Config, readConfig } from '../../packages/server/src/config.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { Enrolled } from '../../packages/server/src/kernel/people.ts';
import { accessDoor } from '../../packages/server/src/wire-doors.ts';
import { policyDoor } from '../../packages/server/src/wire-policy.ts';
import { type Browser, browser } from '../sign-in/browser.ts';
import { type SalesBook, salesBookFiles } from '../support/batch-policy.ts';
import type { CrmSettings } from '../support/crm/serve.ts';
import { type Crm, startCrm } from '../support/crm.ts';
import { freshPostgres } from '../support/databases.ts';
import { ann, boss } from '../support/e2e-policy.ts';

/** Where its data is: a file in its own folder, or a new database of the PostgreSQL at this address. */
export type Where = { readonly kind: 'sqlite' } | { readonly kind: 'postgres'; readonly url: string };

/** A gateway over the CRM that can be killed and started again, with people and an agent who come back. */
export interface Deployment {
  readonly crm: Crm;
  readonly url: string;
  readonly config: Config;
  /** Everything that it said to people on standard error, over all its starts. */
  said(): string;
  /** Waits until it serves; the next process is loaded meanwhile, so that a start after a kill is quick. */
  start(): Promise<void>;
  alive(): boolean;
  /** kill -9. */
  kill(): Promise<void>;
  /** An agent of a person, with a client of the SDK. */
  agent(connector: 'crm' | 'crm-act', person?: string): Promise<Client>;
  /** A person before the pages, signed in with a code of their own. */
  person(person: string, roles?: readonly string[]): Promise<Browser>;
  code(person: string, roles?: readonly string[]): Promise<string>;
  /** Replaces the policy, as an administrator does by command, and a second one where it takes two. */
  publish(book: SalesBook): Promise<void>;
  close(): Promise<void>;
}

const root: ProvenPerson = { person: boss, roles: ['administrator'] };

/** What a deployment is made of. */
export interface Opening {
  readonly where: Where;
  readonly book?: SalesBook;
  readonly crm?: Omit<CrmSettings, 'file'>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Makes it on a new CRM and starts it. */
export async function openDeployment({ where, book = {}, crm: crmSettings = {}, env: more = {} }: Opening): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-batches-'));
  const [crm, database, port] = await Promise.all([
    startCrm(crmSettings),
    where.kind === 'postgres' ? freshPostgres(where.url) : undefined,
    freePort(),
  ]);
  const policy = join(folder, 'policy');
  mkdirSync(policy);
  const write = (as: SalesBook) => {
    for (const [file, text] of Object.entries(salesBookFiles(crm.url, as))) writeFileSync(join(policy, file), text);
  };
  write(book);
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder, TRAPKEY_HELD_WAIT: '0s', NODE_COMPILE_CACHE: inject('serving').code, ...more },
    ...(database?.address.kind === 'postgres' && { TRAPKEY_DATABASE: database.address.url }),
  };
  const settings = { data: join(folder, 'data'), policy, port: String(port), administrator: boss };
  const config = readConfig({ data: settings.data, policy, port: settings.port }, env);
  let heard = '';
  const load = (): Loaded => loaded(settings, env, (chunk) => (heard += chunk));
  let [serving, next]: (Loaded | undefined)[] = [undefined, load()];
  let access: Awaited<ReturnType<typeof accessDoor>> | undefined;
  const codes = new Map<string, string>();
  const clients: Client[] = [];
  const at = `http://127.0.0.1:${port}`;
  const door = async () => {
    access ??= await accessDoor(config, env);
    return access;
  };
  const code = async (person: string, roles: readonly string[] = ['approver']) => {
    const known = codes.get(person) ?? ((await (await door()).people.enroll(person, roles, root)) as Enrolled).code;
    codes.set(person, known);
    return known;
  };
  const kill = async () => {
    serving?.child.kill('SIGKILL');
    await serving?.ended;
    serving = undefined;
  };
  return {
    crm,
    url: at,
    config,
    said: () => heard,
    async start() {
      serving = next ?? load();
      const told = await serving.serve();
      if (told.code !== undefined) codes.set(boss, told.code);
      next = load();
    },
    alive: () => serving !== undefined && serving.child.exitCode === null && serving.child.signalCode === null,
    kill,
    async agent(connector, person = ann) {
      const issued = (await (await door()).tokens.issue({ plugin: 'sales-outreach', person, by: root })).find(({ audience }) =>
        audience.endsWith(`/${connector}`),
      );
      if (!issued) throw new Error(`no token for ${connector}`);
      const client = new Client({ name: 'sales-agent', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      clients.push(client);
      const requestInit = { headers: { authorization: `Bearer ${issued.token}` } };
      await client.connect(new StreamableHTTPClientTransport(new URL(`${at}${issued.audience}`), { requestInit }));
      return client;
    },
    code,
    async person(person, roles) {
      const mine = browser(at);
      const page = await mine.signIn({ person, code: await code(person, roles) });
      if (page.status !== 303) throw new Error(page.text);
      return mine;
    },
    async publish(as) {
      write(as);
      const desk = await policyDoor(config, env);
      try {
        const said = await desk.propose();
        if (said.status === 'broken') throw new Error(JSON.stringify(said));
        // What only tightens runs by itself.
        if (said.status !== 'proposed') return;
        const applied = async (person: string) => (await desk.apply({ person, roles: ['administrator'], freshAtMs: Date.now() })).status;
        if ((await applied(boss)) === 'second_person') await applied('second@corp.example');
      } finally {
        await desk.close();
      }
    },
    async close() {
      await Promise.all(clients.map((client) => client.close().catch(() => undefined)));
      await access?.close();
      next?.child.kill('SIGKILL');
      await kill();
      await crm.close();
      await database?.remove();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A deployment that is gone when the test is over; it serves. */
export async function openDeploymentForTest(opening: Opening): Promise<Deployment> {
  const deployment = await openDeployment(opening);
  onTestFinished(() => deployment.close());
  await deployment.start();
  return deployment;
}

interface Loaded {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  serve(): Promise<{ readonly url: string; readonly code?: string }>;
}

function loaded(settings: object, env: Readonly<Record<string, string>>, hear: (chunk: string) => void): Loaded {
  const child = spawn(process.execPath, [inject('serving').batches, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...env },
  });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
    hear(String(chunk));
  });
  child.stdin?.on('error', () => {});
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> });
  const died = ended.then(() => Promise.reject(new Error(`it ended before it served: ${errors}`)));
  died.catch(() => undefined);
  const ready = Promise.race([line(lines), died]);
  ready.catch(() => undefined);
  return {
    child,
    ended,
    async serve() {
      await ready;
      const told = line(lines);
      child.stdin?.write('go\n');
      return JSON.parse(await Promise.race([told, died])) as { readonly url: string; readonly code?: string };
    },
  };
}

async function line(lines: Interface): Promise<string> {
  const [text] = (await once(lines, 'line')) as [string];
  return text;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
