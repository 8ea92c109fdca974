import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { DatabaseAddress } from '../../packages/server/src/storage/database.ts';
import { openDatabase } from '../../packages/server/src/storage/database.ts';
import { accessDoor } from '../../packages/server/src/wire-doors.ts';
import { runsDoor } from '../../packages/server/src/wire-runs.ts';
import { serve } from '../../packages/server/src/wire-serve.ts';
import { hookFixture } from '../hooks/policy.ts';
import { startUpstream } from '../support/e2e-upstream.ts';
import type { OtlpEvent } from './otlp.ts';
import { logsJson } from './otlp.ts';

const root: ProvenPerson = { person: 'root@corp.example', roles: ['administrator'] };

/** Each side has a moment to arrive, and no more: what happens does not depend on how long. */
export const waits = { joinAfterMs: 300, bypassAfterMs: 900, gapAfterMs: 300, silentAfterMs: 60_000, everyMs: 50 };

/** The gateway as it ships on either database, with hooks that are observed and limits of the plugin as given. */
export async function openHouse(database: DatabaseAddress, more: Parameters<typeof hookFixture>[0] = {}, runWaits = waits) {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-runs-'));
  const policy = join(folder, 'policy');
  mkdirSync(policy);
  const fixture = hookFixture({ organization: 'hooks: observe', ...more });
  const upstream = await startUpstream(fixture.tools);
  writeFileSync(join(policy, 'policy.yaml'), fixture.policy(upstream.url));
  const config = { ...readConfig({ data: join(folder, 'data'), policy, port: '0' }, {}), database, heldWaitMs: { '*': 0 } };
  const written: EntryFields[] = [];
  const serving = await serve({
    config,
    env: {},
    administrator: root.person,
    onWritten: (entries) => void written.push(...entries),
    alarm: () => undefined,
    runWaits,
  });
  const access = await accessDoor(config, {});
  const runs = await runsDoor(config);
  const look = await openDatabase(database);
  const token = async (person: string, connector: string) => {
    const issued = await access.tokens.issue({ plugin: 'desk', person, by: root });
    const found = issued.find((one) => one.connector === connector);
    if (!found) throw new Error(`no connector ${connector}`);
    return { token: found.token };
  };
  const send = async (bearer: string, body: string | Uint8Array, headers: Record<string, string> = {}, path = '/v1/logs') =>
    await fetch(`${serving.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}`, ...headers },
      body: body as string,
    });
  return {
    url: serving.url,
    config,
    written,
    runs: runs.runs,
    look,
    agent: token,
    upstream,
    telemetryToken: async (person: string) => (await access.tokens.issueTelemetry({ person, by: root })).token,
    send,
    async tell(bearer: string, events: readonly OtlpEvent[]): Promise<void> {
      const reply = await send(bearer, JSON.stringify(logsJson(events)));
      if (reply.status !== 200) throw new Error(`${reply.status}: ${await reply.text()}`);
    },
    async close() {
      await serving.close();
      await runs.close();
      await access.close();
      await look.close();
      await upstream.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type House = Awaited<ReturnType<typeof openHouse>>;
