import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { BatchDetail, BatchSummary } from '@trapkey/contract/api/batches.ts';
import { Pool } from 'undici';
import { readConfig } from '../packages/server/src/config.ts';
import type { ProvenPerson } from '../packages/server/src/kernel/approvals.ts';
import { newCallId } from '../packages/server/src/kernel/ids.ts';
import { batchDoor } from '../packages/server/src/wire-batch-door.ts';
import { accessDoor } from '../packages/server/src/wire-doors.ts';
import { serve } from '../packages/server/src/wire-serve.ts';
import { browser } from '../test/sign-in/browser.ts';
import { salesBookFiles } from '../test/support/batch-policy.ts';
import { ann, boss, dave } from '../test/support/e2e-policy.ts';
import { listening, startProgram } from './processes.ts';

/** One `tools/call` of revision 2026-07-28. */
async function toolCall(pool: Pool, path: string, name: string, args: object, token?: string): Promise<string> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  };
  const reply = await pool.request({
    method: 'POST',
    path,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta } }),
  });
  return await reply.body.text();
}

/** The gateway as it ships over a cheap CRM in a process of its own, an agent before it and a reviewer beside it. */
export async function openSalesBook(under: string | undefined) {
  const home = await mkdtemp(join(under ?? tmpdir(), 'trapkey-bench-'));
  const upstream = await startProgram([process.execPath, join(import.meta.dirname, 'batch-upstream.ts')], listening);
  const folder = join(home, 'policy');
  await mkdir(folder);
  for (const [file, text] of Object.entries(salesBookFiles(upstream.url, { stage: '{ over: 0 per run, sample: 1 }' })))
    await writeFile(join(folder, file), text);
  const config = readConfig({ data: join(home, 'data'), policy: folder, port: '0' }, {});
  const serving = await serve({ config, env: {}, administrator: boss, onWritten: () => undefined, alarm: () => undefined });
  const [access, desk] = [await accessDoor(config, {}), await batchDoor(config, {})];
  const root: ProvenPerson = { person: boss, roles: ['administrator'] };
  const by = (): ProvenPerson => ({ person: dave, roles: ['approver'], freshAtMs: Date.now() });
  const issued = (await access.tokens.issue({ plugin: 'sales-outreach', person: ann, by: root })).find((one) =>
    one.audience.endsWith('/crm-act'),
  );
  const enrolled = await access.people.enroll(dave, ['approver'], root);
  const reviewer = browser(serving.url);
  await reviewer.signIn(enrolled);
  const [pool, straight] = [new Pool(serving.url, { connections: 32 }), new Pool(upstream.url.replace('/mcp', ''), { connections: 32 })];
  return {
    reviewer,
    call: (name: string, args: object) => toolCall(pool, issued?.audience ?? '', name, args, issued?.token),
    /** Past the gateway. */
    straight: (name: string, args: object) => toolCall(straight, '/mcp', name, args),
    detail: async (id: string) => JSON.parse((await reviewer.get(`/api/batches/${id}`)).text) as BatchDetail,
    /** Marks what was drawn, so that it may be applied. */
    async ready(batch: string): Promise<BatchSummary> {
      const drawn = await desk.desk.changes(batch, { which: 'sample', after: 0, max: 100 }, { person: dave, assurance: 'proved' });
      for (const { n } of drawn) await desk.desk.mark({ batch, by: by(), via: 'bench', n, mark: 'right', note: '' });
      return (await desk.desk.show(batch, by())).batch;
    },
    apply: (batch: string) => desk.applying.apply({ batch, by: by(), via: 'bench' }),
    state: async (batch: string) => (await desk.desk.find(batch))?.state,
    enlarge: (batch: string, to: number) => enlarge(config.database, batch, to),
    async close() {
      await Promise.all([pool.close(), straight.close()]);
      await desk.close();
      await access.close();
      await serving.close();
      upstream.process.kill('SIGTERM');
      await rm(home, { recursive: true, force: true });
    },
  };
}
export type SalesBookBench = Awaited<ReturnType<typeof openSalesBook>>;

/** Copies the changes of a batch, in turn, until it has so many. */
function enlarge(database: ReturnType<typeof readConfig>['database'], batch: string, to: number): void {
  if (database.kind !== 'sqlite') throw new Error('only the embedded store is enlarged');
  const file = new DatabaseSync(database.file);
  const rows = file.prepare('select * from batch_changes where batch = ? order by n').all(batch) as Record<string, string | number>[];
  const columns = Object.keys(rows[0] ?? {});
  const insert = file.prepare(`insert into batch_changes (${columns.map((name) => `"${name}"`)}) values (${columns.map(() => '?')})`);
  file.exec('begin');
  for (let n = rows.length + 1; n <= to; n++) {
    const row = rows[n % rows.length] as Record<string, string | number>;
    insert.run(...Object.values({ ...row, n, call: newCallId(Date.now()), drawn: null, mark: null, extra: null }));
  }
  file.prepare('update batches set changes = ?, reach = ? where id = ?').run(to, to, batch);
  file.exec('commit');
  file.exec('analyze');
  file.close();
}
