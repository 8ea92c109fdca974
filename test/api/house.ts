import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { Enrolled } from '../../packages/server/src/kernel/people.ts';
import type { DatabaseAddress } from '../../packages/server/src/storage/database.ts';
import { accessDoor } from '../../packages/server/src/wire-doors.ts';
import { serve } from '../../packages/server/src/wire-serve.ts';
import { signInDoor } from '../../packages/server/src/wire-sign-in.ts';
import { agentOf } from '../incidents/agent.ts';
import { type Browser, browser } from '../sign-in/browser.ts';
import { startUpstream } from '../support/e2e-upstream.ts';

export const contacts = Array.from({ length: 60 }, (_, at) => `contact-${at}@customers.example`);
/** Lines of the organization that let the agent tag by itself. */
export const tagging =
  'auto_execute: [{ tool: crm-act.tag, reach: 5, together: 500, because: Tags are taken off again, owner: boss@corp.example, until: "2099-01-01" }]';
const root: ProvenPerson = { person: 'root@corp.example', roles: ['administrator'] };

const policyOf = (url: string, more: string, plugin: string) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
${more}
---
directory:
  - { person: ann@corp.example, groups: [sales, leads], aliases: [annie@corp.example] }
  - { person: lee@corp.example, groups: [leads] }
  - { person: max@corp.example, groups: [leads] }
---
connection: crm
owner: revops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: crm-act
connection: crm
access: read-write
because: Campaigns are what this plugin is for
tools:
  send_mail: { effect: send, recipients: args.to, says: "email {reach} contacts about {args.subject}" }
  tag: { effect: write, reversible: true, reach: size(args.ids) }
---
plugin: desk
owner: revops@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm-act]
${plugin}
`;

/** The gateway as it ships, on a port, with an agent before it and people's browsers beside it. */
export async function openHouse({
  organization = '',
  plugin = '',
  lists = {},
  env = {},
  database,
}: {
  readonly organization?: string;
  readonly plugin?: string;
  /** List files beside the policy. */
  readonly lists?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of a file of its own. */
  readonly database?: DatabaseAddress;
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-pages-'));
  const policy = join(folder, 'policy');
  mkdirSync(policy);
  const upstream = await startUpstream({ send_mail: {}, tag: {} });
  writeFileSync(join(policy, 'policy.yaml'), policyOf(upstream.url, organization, plugin));
  for (const [name, text] of Object.entries(lists)) writeFileSync(join(policy, name), text);
  const read = readConfig({ data: join(folder, 'data'), policy, port: '0' }, {});
  const config = { ...read, heldWaitMs: { '*': 0 }, ...(database && { database }) };
  const written: EntryFields[] = [];
  const alarms: string[] = [];
  const serving = await serve({
    config,
    env,
    administrator: root.person,
    onWritten: (entries) => void written.push(...entries),
    alarm: (says) => void alarms.push(says),
  });
  const access = await accessDoor(config, env);
  const [issued] = await access.tokens.issue({ plugin: 'desk', person: 'ann@corp.example', by: root });
  if (!issued) throw new Error('no token');
  const agent = await agentOf(
    { url: `${serving.url}${issued.audience}`, token: issued.token },
    { url: upstream.url, token: '' },
    'governed',
  );
  const codes = new Map<string, Promise<Enrolled>>();
  const enrolled = (person: string, roles: readonly string[]) => {
    const known = codes.get(person) ?? access.people.enroll(person, roles, root);
    codes.set(person, known);
    return known;
  };
  return {
    config,
    url: serving.url,
    agent,
    written,
    alarms,
    enrolled,
    /** Tool calls that reached the upstream. */
    reached: () => upstream.calls,
    /** Signed in by code: fresh. */
    async browser(person: string, roles: readonly string[] = ['approver']): Promise<Browser> {
      const mine = browser(serving.url);
      const page = await mine.signIn(await enrolled(person, roles));
      if (page.status !== 303) throw new Error(page.text);
      return mine;
    },
    /** Signed in by link: nobody showed a credential here. */
    async linked(person: string, roles: readonly string[] = ['approver']): Promise<Browser> {
      await enrolled(person, roles);
      const door = await signInDoor(config, env);
      const { path } = await door.links.make({ person, roles });
      await door.close();
      const mine = browser(serving.url);
      await mine.submit(await mine.get(path), '/sign-in/link', {});
      return mine;
    },
    async close() {
      await agent.close();
      await access.close();
      await serving.close();
      await upstream.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type House = Awaited<ReturnType<typeof openHouse>>;
