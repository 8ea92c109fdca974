import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const indexes = [
  'tokens_revoked on tokens (revoked_at_ms) where revoked_at_ms is not null',
  'runs_heard on runs (person, last_at_ms)',
  'agents_started on agents (started_at_ms)',
  'outbox_created on outbox (created_at_ms)',
  'alerts_scope on alerts (scope)',
  'tickets_goal on tickets (goal, created_at_ms, state, drill, reach)',
  'ledger_usual on ledger (connector, tool, at_ms, plugin, reach) where reach is not null',
] as const;

/** For what is asked often: every look-up that would walk through a table that grows. */
export function moreIndexes(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const name of ['tickets_goal', 'ledger_usual']) await sql.raw(`drop index ${name}`).execute(db);
      for (const index of indexes) await sql.raw(`create index ${index}`).execute(db);
    },
  };
}
