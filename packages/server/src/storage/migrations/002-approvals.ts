import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Sign-in, notes, grants, requests, messages, and what a ticket tells besides its sentence. */
export function approvals(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint', bytes: 'bytea' } : { int: 'integer', bytes: 'blob' };
  return {
    async up(db: Kysely<unknown>) {
      for (const column of [...ticketColumns.map((text) => `tickets ${text}`), 'ledger tool text', 'ledger reach int']) {
        const [table, name, type = '', ...rest] = column.split(' ');
        await sql.raw(`alter table ${table} add column "${name}" ${type === 'int' ? words.int : type} ${rest.join(' ')}`).execute(db);
      }
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(`create index ${index}`).execute(db);
    },
  };
}

const ticketColumns: readonly string[] = [
  'effect text',
  'tier text',
  'account text',
  'goal text',
  'linked text',
  'cumulative int',
  "facts text not null default '{}'",
  "groups text not null default '[]'",
  "run_when text not null default 'resume'",
  'original text',
  "editors text not null default '[]'",
  'escalated_to text',
  'result text',
  'picked_up_at_ms int',
  'run_claimed_at_ms int',
  'drill int not null default 0',
  'reminded_at_ms int',
  'escalated_at_ms int',
];

const tables: readonly (readonly [string, string])[] = [
  ['pieces', 'call text*, goal text!, at_ms int!, reach int'],
  ['ticket_notes', 'id text*, ticket text!, at_ms int!, person text!, kind text!, text text!'],
  [
    'sessions',
    'hash text*, person text!, groups text, via text!, created_at_ms int!, seen_at_ms int!, expires_at_ms int!, stepped_up_at_ms int, revoked_at_ms int',
  ],
  ['sign_in_links', 'hash text*, person text!, created_at_ms int!, expires_at_ms int!, used_at_ms int'],
  ['passkeys', 'id text*, person text!, public_key bytes!, counter int!, label text!, created_at_ms int!'],
  [
    'grants',
    'id text*, person text, plugin text!, version text!, connector text!, tool text!, definition text!, bounds text!, count_max int!, period_ms int, reach_max int, because text!, owner text!, made_by text!, from_ticket text, created_at_ms int!, expires_at_ms int!, reviewed_at_ms int, revoked_at_ms int, revoked_by text',
  ],
  ['grant_uses', 'grant text!, call text!, at_ms int!;"grant", call'],
  [
    'requests',
    'id text*, person text!, rule text!, call text, text text!, owner text!, state text!, created_at_ms int!, answer text, answered_by text, answered_at_ms int',
  ],
  [
    'outbox',
    'id text*, channel text!, event text!, ticket text, body text!, attempts int!, next_at_ms int!, created_at_ms int!, delivered_at_ms int, error text',
  ],
];

const indexes: readonly string[] = [
  'ledger_usual on ledger (connector, tool, at_ms) where reach is not null',
  'tickets_goal on tickets (goal, created_at_ms)',
  'tickets_created on tickets (created_at_ms)',
  'tickets_listed on tickets (state, created_at_ms)',
  'tickets_person on tickets (person, created_at_ms)',
  'pieces_goal on pieces (goal, at_ms)',
  'ticket_notes_ticket on ticket_notes (ticket, at_ms)',
  'sessions_person on sessions (person)',
  'grants_tool on grants (plugin, connector, tool)',
  'grant_uses_at on grant_uses ("grant", at_ms)',
  'requests_state on requests (state, created_at_ms)',
  'outbox_due on outbox (delivered_at_ms, next_at_ms)',
];
