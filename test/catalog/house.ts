import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { ReleaseDetail } from '../../packages/server/src/kernel/releases.ts';
import { accessDoor, catalogDoor } from '../../packages/server/src/wire-doors.ts';
import { releasesDoor } from '../../packages/server/src/wire-releases-door.ts';
import { type Agent, agentOf } from '../incidents/agent.ts';
import { type Fixture, type House, openHouse } from '../incidents/house.ts';

export const administrator: ProvenPerson = { person: 'root@corp.example', roles: ['administrator'] };

/** A company with one plugin that policy names, and people who review. */
export const policy = (url: string): string => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:ops"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [sales] }
  - { person: bob@corp.example, groups: [sales] }
  - { person: lee@corp.example, groups: [ops], aliases: [lee.o@corp.example] }
---
connection: crm
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: crm
access: read-write
because: Keeping the books
tools: { look: { effect: read }, note: { effect: write, reversible: true, reach: "1" } }
---
plugin: desk
owner: lee@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm]
autonomy: { crm.note: unattended }
`;

/** What a plugin's folder holds. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export const plugin = (version: string, more: Files = {}): Files => ({
  '.claude-plugin/plugin.json': JSON.stringify({ name: 'desk', version, description: 'Keeps the books' }),
  '.mcp.json': JSON.stringify({ mcpServers: { crm: { type: 'http', url: 'https://crm.example/mcp' } } }),
  'skills/books/SKILL.md': '---\nname: books\ndescription: Keeps the books\n---\nLook at the account first. Then summarize what is open.\n',
  ...more,
});

/** Writes a folder that is gone when the test is over. */
export function folderOf(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-plugin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** A gateway that serves, and the catalog as commands of another process open it. */
export async function openCatalogHouse(tools: Fixture['tools'], policyOf = policy) {
  const house: House = await openHouse({ tools, policy: policyOf }, 'governed');
  const access = await accessDoor(house.config, house.env);
  const desk = await releasesDoor(house.config, house.env);
  const pins = await catalogDoor(house.config);
  const agents: Agent[] = [];
  const people = new Map<string, ProvenPerson>();
  const known = async (person: string, role: string): Promise<ProvenPerson> => {
    const before = people.get(person);
    if (before) return before;
    const { code } = await access.people.enroll(person, [role], administrator);
    const said = await access.people.verifyCode(person, code);
    if (!said.ok) throw new Error(said.says);
    people.set(person, said.who);
    return said.who;
  };
  const root = () => known('chief@corp.example', 'administrator');
  const approver = (name: string) => known(`${name}@corp.example`, 'approver');
  return {
    house,
    desk,
    pins,
    known,
    root,
    approver,
    propose: async (files: Files, by?: ProvenPerson) =>
      await desk.releases.propose({ source: folderOf(files), by: by ?? (await approver('lee')), privateNetwork: false }),
    /** Reviews what was proposed, as far as is needed, by two people or three. */
    async reviewed({ kind, id, version }: ReleaseDetail): Promise<ReleaseDetail> {
      const name = { kind, id, version, reason: '' };
      await desk.releases.review({ ...name, by: await approver('sam') });
      const sign = async (who: string, aspect: 'security' | 'data') =>
        await desk.releases.sign({ ...name, by: await approver(who), aspect, passed: true });
      const first = await sign('sam', 'security');
      if (first.changes.some(({ weight }) => weight === 'high')) await sign('sue', 'security');
      return await sign('dana', 'data');
    },
    /** Connects a person anew: with a token for the release that is theirs now. */
    async connect(person: string, connector = 'crm'): Promise<{ readonly agent: Agent; readonly version: string }> {
      const door = await accessDoor(house.config, house.env);
      const issued = await door.tokens.issue({ plugin: 'desk', person, by: administrator });
      await door.close();
      const found = issued.find((one) => one.connector === connector);
      if (!found) throw new Error(`no ${connector}`);
      const agent = await agentOf(
        { url: `${house.url}${found.audience}`, token: found.token },
        { url: house.upstream.url, token: '' },
        'governed',
      );
      agents.push(agent);
      return { agent, version: found.version };
    },
    async close() {
      for (const agent of agents) await agent.close();
      await Promise.all([access.close(), desk.close(), pins.close()]);
      await house.close();
    },
  };
}
export type CatalogHouse = Awaited<ReturnType<typeof openCatalogHouse>>;
