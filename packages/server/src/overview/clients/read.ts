import { sql } from 'kysely';
import { canaryPlugin } from '../../kernel/rehearsal.ts';
import type { Database } from '../../storage/database.ts';

const rowsMax = 20_000;

/** What is known of a person's clients, from runs, tokens, hooks and telemetry. */
export interface Seen {
  readonly runs: readonly {
    readonly person: string;
    readonly plugin: string;
    readonly version: string;
    readonly runs: number;
    readonly calls: number;
    readonly lastAtMs: number;
  }[];
  readonly tokens: readonly {
    readonly person: string;
    readonly plugin: string;
    readonly version: string;
    readonly tokens: number;
    readonly expiresAtMs: number;
  }[];
  readonly sessions: readonly {
    readonly person: string;
    readonly sessions: number;
    readonly hookAtMs: number | undefined;
    readonly telemetryAtMs: number | undefined;
  }[];
  /** Where telemetry told of any; what is seen last stands first. */
  readonly devices: readonly {
    readonly person: string;
    readonly device: string;
    readonly client: string | undefined;
    readonly sessions: number;
    readonly hookAtMs: number | undefined;
    readonly telemetryAtMs: number | undefined;
  }[];
}

/** Reads it, each kind by person. */
export async function readSeen({ read }: Pick<Database, 'read'>, sinceMs: number, atMs: number): Promise<Seen> {
  const [runs, tokens, sessions, devices] = await Promise.all([
    read
      .selectFrom('runs')
      .select(['person', 'plugin', 'version'])
      .select(({ fn }) => [fn.countAll<number>().as('many'), fn.sum<number | null>('calls').as('calls')])
      .select(sql<number>`max(coalesce(last_at_ms, started_at_ms))`.as('last'))
      .where('started_at_ms', '>=', sinceMs)
      .where('plugin', '!=', canaryPlugin)
      .groupBy(['person', 'plugin', 'version'])
      .limit(rowsMax)
      .execute(),
    read
      .selectFrom('tokens')
      .select(['person', 'plugin', 'version'])
      .select(({ fn }) => [fn.countAll<number>().as('many'), fn.min('expires_at_ms').as('expires')])
      .where('revoked_at_ms', 'is', null)
      .where('expires_at_ms', '>', atMs)
      .groupBy(['person', 'plugin', 'version'])
      .limit(rowsMax)
      .execute(),
    read
      .selectFrom('client_sessions')
      .select('person')
      .select(({ fn }) => [fn.countAll<number>().as('many'), fn.max('hooks_at_ms').as('hooks'), fn.max('telemetry_at_ms').as('telemetry')])
      .where('last_at_ms', '>=', sinceMs)
      .groupBy('person')
      .limit(rowsMax)
      .execute(),
    read
      .selectFrom('client_sessions')
      .select(['person', 'device', 'client'])
      .select(({ fn }) => [fn.countAll<number>().as('many'), fn.max('hooks_at_ms').as('hooks'), fn.max('telemetry_at_ms').as('telemetry')])
      .where('last_at_ms', '>=', sinceMs)
      .where('device', 'is not', null)
      .groupBy(['person', 'device', 'client'])
      .orderBy(({ fn }) => fn.max('last_at_ms'), 'desc')
      .limit(rowsMax)
      .execute(),
  ]);
  const moment = (value: number | null) => (value === null ? undefined : Number(value));
  return {
    runs: runs.map((row) => ({ ...row, runs: Number(row.many), calls: Number(row.calls ?? 0), lastAtMs: Number(row.last) })),
    tokens: tokens.map((row) => ({ ...row, tokens: Number(row.many), expiresAtMs: Number(row.expires) })),
    sessions: sessions.map((row) => ({
      person: row.person,
      sessions: Number(row.many),
      hookAtMs: moment(row.hooks),
      telemetryAtMs: moment(row.telemetry),
    })),
    devices: devices.map((row) => ({
      person: row.person,
      device: row.device ?? '',
      client: row.client ?? undefined,
      sessions: Number(row.many),
      hookAtMs: moment(row.hooks),
      telemetryAtMs: moment(row.telemetry),
    })),
  };
}
