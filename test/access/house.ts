import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Entry } from '@trapkey/contract/entry.ts';
import { sql } from 'kysely';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { Recorder } from '../../packages/server/src/kernel/recorder.ts';
import type { DirectoryPerson, PluginRules, PolicySet, ProfileRules } from '../../packages/server/src/kernel/rules.ts';
import type { Database } from '../../packages/server/src/storage/database.ts';
import type { databases } from '../support/databases.ts';

/** A database with its recorder and keys, and a clock that a test can set. */
export interface House {
  readonly database: Database;
  readonly recorder: Recorder;
  readonly keys: { readonly tokens: Uint8Array };
  readonly start: number;
  clock(): number;
  setTime(atMs: number): void;
  /** The ledger as it is stored: with pseudonyms. */
  entries(): Promise<readonly Entry[]>;
  /** Everything that whoever steals the database would see. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

/** Opens one on either database. */
export async function house(kind: (typeof databases)[number]): Promise<House> {
  const { address, database, drop } = await kind.fresh();
  const recorder = openRecorder({ database, keys: { master: randomBytes(32), names: randomBytes(32) } });
  const start = Date.parse('2026-06-06T14:22:08Z');
  let nowMs = start;
  return {
    database,
    recorder,
    keys: { tokens: randomBytes(32) },
    start,
    clock: () => nowMs,
    setTime: (atMs) => {
      nowMs = atMs;
    },
    async entries() {
      const rows = await database.read.selectFrom('ledger').select('bytes').orderBy('entry').execute();
      return rows.map(({ bytes }) => JSON.parse(bytes) as Entry);
    },
    async dump() {
      if (address.kind === 'sqlite') {
        const [folder, name] = [dirname(address.file), basename(address.file)];
        const files = readdirSync(folder).filter((file) => file.startsWith(name));
        return files.map((file) => readFileSync(join(folder, file), 'latin1')).join('');
      }
      const tables = await sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'`.execute(
        database.read,
      );
      const rows = tables.rows.map(({ name }) => sql`select t::text as text from ${sql.table(name)} t`.execute(database.read));
      return JSON.stringify(await Promise.all(rows));
    },
    async close() {
      await recorder.close();
      await drop();
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
