import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DirectoryPerson, PluginRules, PolicySet, ProfileRules } from '../../packages/server/src/kernel/rules.ts';
import { type Database, openDatabase } from '../../packages/server/src/storage/database.ts';

/** A folder and an embedded database in it, closed and removed with the test. */
export async function sqliteHouse(): Promise<{ readonly database: Database; readonly file: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'trapkey-access-'));
  const file = join(folder, 'trapkey.db');
  const database = await openDatabase({ kind: 'sqlite', file });
  return {
    database,
    file,
    async close() {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}

const sales: PluginRules = {
  id: 'sales',
  owner: 'ops@corp.example',
  version: '2.1.0',
  for: ['group:sales'],
  connectors: ['crm', 'mail'],
  autonomy: new Map(),
  mode: 'enforce',
};
const outreach: ProfileRules = { id: 'outreach', plugin: 'sales', for: ['group:sales'], allow: [], lastsMs: undefined };
const ada: DirectoryPerson = { id: 'ada@corp.example', groups: ['sales'], region: 'eu', manager: undefined, aliases: ['al@corp.example'] };

/** The parts of a policy that access asks for: a plugin with two connectors, a profile, one person with an alias. */
export const policy = {
  digest: 'sha256:0',
  organization: { owner: 'ops@corp.example' },
  connections: new Map(),
  connectors: new Map(),
  plugins: new Map([['sales', sales]]),
  profiles: new Map([['sales', [outreach]]]),
  directory: new Map([
    ['ada@corp.example', ada],
    ['al@corp.example', ada],
  ]),
  lists: new Map(),
} as unknown as PolicySet;
