import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { Pool } from 'undici';
import { type Config, readConfig } from '../packages/server/src/config.ts';
import type { ProvenPerson } from '../packages/server/src/kernel/approvals.ts';
import { newCallId, newId } from '../packages/server/src/kernel/ids.ts';
import { accessDoor, approvalsDoor } from '../packages/server/src/wire-doors.ts';
import { serve } from '../packages/server/src/wire-serve.ts';
import { startUpstream } from './targets.ts';
import { toolCount } from './tools.ts';

const [agent, lead] = ['ann@corp.example', 'lee@corp.example'];
const administrator = { person: 'root@corp.example', roles: ['administrator'] };
/** A client that waits for a person; every other is told at once. */
const patient = 'patient';

/** Sends over one upstream, each of which a lead must approve. */
function policy(url: string): string {
  const tools = Object.fromEntries(Array.from({ length: toolCount }, (_, at) => [`tool_${at}`, { effect: 'send', reach: '1' }]));
  return [
    { organization: 'corp', owner: lead, approvals: { high: { approvers: ['group:leads'], needs: 1, expires: '7d' } } },
    {
      directory: [
        { person: agent, groups: ['sales'] },
        { person: lead, groups: ['leads'] },
      ],
    },
    { connection: 'orders', owner: 'own@corp.example', upstream: { url }, network: 'private', sharing: 'all' },
    { connector: 'orders', access: 'read-write', because: 'The bench sends', tools },
    { plugin: 'desk', owner: 'own@corp.example', for: ['group:sales'], release: { version: '1' }, connectors: ['orders'] },
  ]
    .map((document) => JSON.stringify(document))
    .join('\n---\n');
}

/** A new folder with a policy, and the upstream that it leads to. */
export async function openFolder(under: string | undefined) {
  const home = await mkdtemp(join(under ?? tmpdir(), 'trapkey-bench-'));
  const upstream = await startUpstream();
  const folder = join(home, 'policy');
  await mkdir(folder);
  await writeFile(join(folder, 'policy.yaml'), policy(upstream.url));
  const config = {
    ...readConfig({ data: join(home, 'data'), policy: folder, port: '0' }, {}),
    heldWaitMs: { '*': 0, [patient]: 60_000 },
  };
  return {
    config,
    async close() {
      await upstream.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The gateway as it ships, and a person's commands beside it with a connection of their own. */
export async function openGateway(config: Config) {
  const listeners = new Set<(entry: EntryFields) => void>();
  const serving = await serve({
    config,
    env: {},
    administrator: administrator.person,
    onWritten: (entries) => {
      for (const entry of entries) for (const listener of listeners) listener(entry);
    },
    alarm: () => undefined,
  });
  const access = await accessDoor(config, {});
  const desk = await approvalsDoor(config, {});
  const [issued] = await access.tokens.issue({ plugin: 'desk', person: agent, by: administrator });
  const path = issued?.audience ?? '';
  const pool = new Pool(serving.url, { connections: 4, pipelining: 1 });
  const by = (): ProvenPerson => ({ person: lead, roles: ['approver'], freshAtMs: Date.now() });
  return {
    url: serving.url,
    approvals: desk.approvals,
    by,
    /** One call that nobody made before; gives what the agent reads. */
    async call(at: number, client: 'patient' | 'other' = 'other'): Promise<string> {
      const name = `tool_${at % toolCount}`;
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
        'io.modelcontextprotocol/clientInfo': { name: client, version: '1.0.0' },
      };
      const params = { name, arguments: { order: newCallId(Date.now()), region: 'EMEA' }, _meta };
      const reply = await pool.request({
        method: 'POST',
        path,
        headers: {
          authorization: `Bearer ${issued?.token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': name,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: at, method: 'tools/call', params }),
        headersTimeout: 120_000,
      });
      return await reply.body.text();
    },
    /** Resolves when an entry like this is durable. */
    written: (wanted: Partial<EntryFields>) =>
      new Promise<EntryFields>((found) => {
        const listener = (entry: EntryFields) => {
          if (!Object.entries(wanted).every(([key, value]) => entry[key as keyof EntryFields] === value)) return;
          listeners.delete(listener);
          found(entry);
        };
        listeners.add(listener);
      }),
    async close() {
      await pool.close();
      await desk.close();
      await access.close();
      await serving.close();
    },
  };
}
export type Gateway = Awaited<ReturnType<typeof openGateway>>;

/** Copies one held ticket until so many are open: of 20,000 people, asked over the last day. Gives their ids. */
export function seed({ database }: Config, template: string, count: number): readonly string[] {
  if (database.kind !== 'sqlite') throw new Error('only the embedded store is seeded');
  const file = new DatabaseSync(database.file);
  const row = file.prepare('select * from tickets where id = ?').get(template) as Record<string, string | number | null>;
  const insert = file.prepare(
    `insert into tickets (${Object.keys(row).map((name) => `"${name}"`)}) values (${Object.keys(row).map(() => '?')})`,
  );
  const nowMs = Date.now();
  const ids: string[] = [];
  file.exec('begin');
  for (let at = 0; at < count; at++) {
    const who = `person-${at % 20_000}@corp.example`;
    const createdAtMs = nowMs - Math.floor((at / count) * 86_400_000);
    const own = { id: newId('TK'), dedupe: `seed-${at}`, person: who, goal: `goal-${at % 20_000}`, call: newCallId(createdAtMs) };
    // Opened over the whole record, as tickets are; all at its end would be read again and again.
    const opened = Math.floor((at / count) * Number(row['opened']));
    insert.run(...Object.values({ ...row, ...own, opened, run: `R-${at}`, created_at_ms: createdAtMs, expires_at_ms: nowMs + 86_400_000 }));
    ids.push(own.id);
  }
  file.exec('commit');
  file.exec('analyze');
  file.close();
  return ids;
}
