import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { Enrolled } from '../../packages/server/src/kernel/people.ts';
import { accessDoor } from '../../packages/server/src/wire-doors.ts';
import { releasesDoor } from '../../packages/server/src/wire-releases-door.ts';
import { type Serving, serve } from '../../packages/server/src/wire-serve.ts';
import { signInDoor } from '../../packages/server/src/wire-sign-in.ts';
import { type Agent, agentOf } from '../incidents/agent.ts';
import type { logsJson } from '../runs/otlp.ts';
import { browser } from '../sign-in/browser.ts';
import { type RecordingUpstream, startUpstream, text } from '../support/e2e-upstream.ts';
import { policyOf } from './policy.ts';

const root: ProvenPerson = { person: 'root@acme.example', roles: ['administrator'] };

/** Addresses of so many customers. */
export const customers = (size: number): readonly string[] =>
  Array.from({ length: size }, (_, at) => `customer-${at}@${['northwind.example', 'contoso.example', 'fabrikam.example'][at % 3]}`);

/** The gateway as it ships, with systems behind it, real MCP clients before it, and the console on its port. */
export interface ConsoleHouse {
  readonly url: string;
  /** The file of its database. */
  readonly database: string;
  readonly written: readonly EntryFields[];
  readonly upstreams: Readonly<Record<'crm' | 'mail' | 'billing', RecordingUpstream>>;
  /** Who signs in with which code; the roles count the first time. */
  enrolled(person: string, roles: readonly string[]): Promise<Enrolled>;
  /** A one-time link that signs them in. */
  link(person: string, roles: readonly string[]): Promise<string>;
  /** Sends something to the API, as somebody who signed in by their code. */
  send(person: string, roles: readonly string[], path: string, body: JsonObject): Promise<void>;
  /** Decides a ticket so. */
  decide(person: string, roles: readonly string[], ticket: string, body: JsonObject): Promise<void>;
  /** Proposes a plugin of these files, as its author does at a terminal. */
  propose(files: Readonly<Record<string, string>>, by: ProvenPerson): Promise<void>;
  /** An MCP client of a person with one plugin's connector. */
  agent(person: string, plugin: string, connector: string): Promise<Agent>;
  /** A delivery of telemetry of a person's client. */
  tell(person: string, delivery: ReturnType<typeof logsJson>): Promise<void>;
  /** Ends the gateway, and starts it again on the same port and data. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Opens one. `more` are further policy documents, `organization` further lines of the first. */
export async function openConsoleHouse({
  more = '',
  organization = '',
  env = {},
  port = '0',
}: {
  readonly more?: string;
  readonly organization?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: string;
} = {}): Promise<ConsoleHouse> {
  if (!existsSync(join(import.meta.dirname, '../../packages/console/dist/index.html'))) throw new Error('the console is not built');
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-console-'));
  const policy = join(folder, 'policy');
  mkdirSync(policy);
  const found = { answer: () => text('3 contacts: Ada, Grace, Katherine') };
  const upstreams = {
    crm: await startUpstream({ find_contacts: found, tag_contacts: {}, delete_contacts: {} }),
    mail: await startUpstream({ send_mail: {}, search_mail: {}, delete_mail: {} }),
    billing: await startUpstream({ list_invoices: { answer: () => text('Invoice 2041: 129.00 EUR') }, refund: {} }),
  };
  const urls = { crm: upstreams.crm.url, mail: upstreams.mail.url, billing: upstreams.billing.url };
  writeFileSync(join(policy, 'policy.yaml'), policyOf(urls, organization) + more);
  const written: EntryFields[] = [];
  const config = { ...readConfig({ data: join(folder, 'data'), policy, port }, env), heldWaitMs: { '*': 0 } };
  const begin = (at: typeof config) =>
    serve({
      config: at,
      env,
      administrator: root.person,
      onWritten: (entries) => void written.push(...entries),
      alarm: () => undefined,
    });
  let serving: Serving | undefined = await begin(config);
  const { url } = serving;
  const again = { ...config, port: Number(new URL(url).port) };
  const access = await accessDoor(config, env);
  const codes = new Map<string, Promise<Enrolled>>();
  const agents: Agent[] = [];
  const enrolled = (person: string, roles: readonly string[]) => {
    const known = codes.get(person) ?? access.people.enroll(person, roles, root);
    codes.set(person, known);
    return known;
  };
  const send: ConsoleHouse['send'] = async (person, roles, path, body) => {
    const mine = browser(url);
    await mine.signIn(await enrolled(person, roles));
    const { csrf } = JSON.parse((await mine.get('/api/session')).text) as { readonly csrf: string };
    const page = await mine.json(path, body, { origin: url, 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrf });
    if (page.status !== 200) throw new Error(page.text);
  };
  return {
    url,
    database: join(folder, 'data', 'trapkey.db'),
    written,
    upstreams,
    enrolled,
    async link(person, roles) {
      await enrolled(person, roles);
      const door = await signInDoor(config, env);
      const { path } = await door.links.make({ person, roles });
      await door.close();
      return path;
    },
    send,
    decide: (person, roles, ticket, body) => send(person, roles, `/api/approvals/${ticket}/decide`, body),
    async propose(files, by) {
      const source = mkdtempSync(join(folder, 'plugin-'));
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(source, path)), { recursive: true });
        writeFileSync(join(source, path), content);
      }
      const desk = await releasesDoor(config, env);
      await desk.releases.propose({ source, by, privateNetwork: false }).finally(() => desk.close());
    },
    async agent(person, plugin, connector) {
      const issued = await access.tokens.issue({ plugin, person, by: root });
      const mine = issued.find(({ audience }) => audience.endsWith(`/${connector}`));
      if (!mine) throw new Error(`no token for ${connector} among ${issued.map(({ audience }) => audience).join(', ')}`);
      const agent = await agentOf({ url: `${url}${mine.audience}`, token: mine.token }, { url: urls.crm, token: '' }, 'governed');
      agents.push(agent);
      return agent;
    },
    async tell(person, delivery) {
      const { token } = await access.tokens.issueTelemetry({ person, by: root });
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const reply = await fetch(`${url}/v1/logs`, { method: 'POST', headers, body: JSON.stringify(delivery) });
      if (reply.status !== 200) throw new Error(`${reply.status}: ${await reply.text()}`);
    },
    async stop() {
      await serving?.close();
      serving = undefined;
    },
    async start() {
      serving = await begin(again);
    },
    async close() {
      await Promise.all(agents.map((agent) => agent.close()));
      await access.close();
      await serving?.close();
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
