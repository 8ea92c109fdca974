import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What telemetry tells of where a session runs: the device, and the client with its version. */
export function clientDevices(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const column of ['device', 'client']) await sql.raw(`alter table client_sessions add column ${column} text`).execute(db);
    },
  };
}
