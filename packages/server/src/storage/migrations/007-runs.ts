import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Sessions, agents and prompts as hooks and telemetry tell of them; tool uses on both sides; what models cost. */
export function runs(kind: 'sqlite' | 'postgres'): Migration {
  const words = { int: kind === 'postgres' ? 'bigint' : 'integer' };
  return {
    async up(db: Kysely<unknown>) {
      for (const column of ['proved', 'calls', 'refused', 'held'])
        await sql.raw(`alter table runs add column "${column}" ${words.int} not null default 0`).execute(db);
      await sql.raw(`alter table runs add column "last_at_ms" ${words.int}`).execute(db);
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(`create index ${index}`).execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  [
    'client_sessions',
    'person text!, session text!, first_at_ms int!, last_at_ms int!, hooks_at_ms int, telemetry_at_ms int, seen text!, gap_since_ms int, gap_told int!;person, session',
  ],
  [
    'agents',
    'person text!, session text!, agent text!, type text, model text, hook_started int!, parent_hook text, parent_told int!, parent_telemetry text, started_at_ms int!, ended_at_ms int, micro_usd int!, tokens int!, requests int!;person, session, agent',
  ],
  ['launches', 'person text!, session text!, tool_use text!, parent text!, at_ms int!, state text!;person, session, tool_use'],
  ['prompts', 'person text!, session text!, prompt text!, digest text!, at_ms int!;person, session, prompt'],
  ['tool_uses', 'person text!, tool_use text!, call text!, run text, at_ms int!;person, tool_use'],
  [
    'reported',
    'person text!, session text!, tool_use text!, at_ms int!, request text, agent text, prompt text, skill text, plugin text, connector text, tool text, succeeded int, state text!;person, tool_use',
  ],
  [
    'model_requests',
    'person text!, session text!, request text!, at_ms int!, model text, agent text!, micro_usd int!, tokens int!;person, session, request',
  ],
];

const indexes: readonly string[] = [
  'runs_person on runs (person, started_at_ms)',
  'runs_started on runs (started_at_ms)',
  'runs_session on runs (person, session)',
  'client_sessions_last on client_sessions (last_at_ms)',
  'client_sessions_telemetry on client_sessions (telemetry_at_ms)',
  'client_sessions_gap on client_sessions (gap_told, gap_since_ms)',
  'reported_request on reported (person, request)',
  'runs_last on runs (last_at_ms)',
  'tool_uses_at on tool_uses (at_ms)',
  'launches_at on launches (at_ms)',
  'prompts_at on prompts (at_ms)',
  'reported_waiting on reported (state, at_ms)',
  'reported_at on reported (at_ms)',
  'model_requests_at on model_requests (at_ms)',
];
