import type { GrantTerms } from '../../../kernel/grants.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Database } from '../../../storage/database.ts';
import type { GrantsTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';

/** What of the database the grants need. */
export type GrantDatabase = Pick<Database, 'read'>;

/** A grant as stored. */
export type GrantRow = Readonly<GrantsTable>;

/** What was used of a grant. */
export interface GrantUse {
  readonly present: number;
  readonly ever: number;
  readonly lastAtMs: number | undefined;
}

/** What came of counting one use; `againAtMs`: when it may be asked again. */
export type Spent = { readonly ok: true } | { readonly ok: false; readonly says: string; readonly againAtMs: number };

/** Where grants and their uses are kept. */
export interface GrantStore {
  /** Those that are neither revoked nor over. */
  live(nowMs: number, max: number): Promise<readonly GrantRow[]>;
  /** Newest first; `live` at that moment, `concerning` one whom they are for, who owns or who made them. */
  list(
    filter: { readonly liveAtMs?: number | undefined; readonly concerning?: string | undefined },
    max: number,
  ): Promise<readonly GrantRow[]>;
  byId(id: string): Promise<GrantRow | undefined>;
  uses(rows: readonly GrantRow[], nowMs: number): Promise<ReadonlyMap<string, GrantUse>>;
  insert(tx: Tx, row: GrantRow): Promise<void>;
  /** Changes one that is not revoked yet; nothing when it is. */
  change(tx: Tx, id: string, to: Partial<Pick<GrantRow, 'reviewed_at_ms' | 'revoked_at_ms' | 'revoked_by'>>): Promise<GrantRow | undefined>;
  /** Counts one use inside the record's transaction, which holds the tree's lock: of many at once, none sees an older count. */
  spend(tx: Tx, id: string, call: string, nowMs: number): Promise<Spent>;
}

/** The grants of one database. */
export function grantStore({ read }: GrantDatabase): GrantStore {
  return {
    live: (nowMs, max) =>
      read
        .selectFrom('grants')
        .selectAll()
        .where('revoked_at_ms', 'is', null)
        .where('expires_at_ms', '>', nowMs)
        .orderBy('expires_at_ms')
        .limit(max)
        .execute(),
    async list({ liveAtMs, concerning }, max) {
      let query = read.selectFrom('grants').selectAll();
      if (liveAtMs !== undefined) query = query.where('revoked_at_ms', 'is', null).where('expires_at_ms', '>', liveAtMs);
      if (concerning !== undefined)
        query = query.where(({ eb, fn, or }) =>
          or((['person', 'owner', 'made_by'] as const).map((column) => eb(fn<string>('lower', [column]), '=', concerning))),
        );
      return await query.orderBy('created_at_ms', 'desc').orderBy('id').limit(max).execute();
    },
    byId: (id) => read.selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst(),
    async uses(rows, nowMs) {
      const uses = new Map<string, GrantUse>();
      for (const row of rows) uses.set(row.id, await useOf(read, row, nowMs));
      return uses;
    },
    async insert(tx, row) {
      await kyselyOf(tx).insertInto('grants').values(row).execute();
    },
    change: (tx, id, to) =>
      kyselyOf(tx).updateTable('grants').set(to).where('id', '=', id).where('revoked_at_ms', 'is', null).returningAll().executeTakeFirst(),
    async spend(tx, id, call, nowMs) {
      const db = kyselyOf(tx);
      const row = await db.selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst();
      const over = row === undefined || row.revoked_at_ms !== null || row.expires_at_ms <= nowMs;
      if (over) return { ok: false, says: `grant ${id} is over`, againAtMs: Number.POSITIVE_INFINITY };
      if ((await usesSince(db, row, periodStart(row, nowMs))) >= row.count_max)
        return { ok: false, says: `grant ${id} is used up`, againAtMs: await freeAt(db, row, nowMs) };
      await db.insertInto('grant_uses').values({ grant: id, call, at_ms: nowMs }).execute();
      return { ok: true };
    },
  };
}

type Reading = GrantDatabase['read'];

async function useOf(db: Reading, row: GrantRow, nowMs: number): Promise<GrantUse> {
  const sinceMs = periodStart(row, nowMs);
  const found = await db
    .selectFrom('grant_uses')
    .where('grant', '=', row.id)
    .select(({ fn, eb }) => [
      fn.countAll<number | string>().as('ever'),
      fn.max('at_ms').as('last'),
      fn.sum<number | string | null>(eb.case().when('at_ms', '>', sinceMs).then(1).else(0).end()).as('present'),
    ])
    .executeTakeFirstOrThrow();
  return { present: Number(found.present ?? 0), ever: Number(found.ever), lastAtMs: found.last === null ? undefined : Number(found.last) };
}

/** No further than its count: what was used long ago is nobody's question here. */
async function usesSince(db: Reading, { id, count_max }: GrantRow, sinceMs: number): Promise<number> {
  const found = await db
    .selectFrom((inner) =>
      inner.selectFrom('grant_uses').select('call').where('grant', '=', id).where('at_ms', '>', sinceMs).limit(count_max).as('uses'),
    )
    .select(({ fn }) => fn.countAll<number | string>().as('uses'))
    .executeTakeFirstOrThrow();
  return Number(found.uses);
}

/** When the oldest use of the period leaves it. */
async function freeAt(db: Reading, row: GrantRow, nowMs: number): Promise<number> {
  if (row.period_ms === null) return Number.POSITIVE_INFINITY;
  const oldest = await db
    .selectFrom('grant_uses')
    .where('grant', '=', row.id)
    .where('at_ms', '>', periodStart(row, nowMs))
    .select(({ fn }) => fn.min('at_ms').as('at'))
    .executeTakeFirst();
  return Number(oldest?.at ?? nowMs) + row.period_ms;
}

/** A period is the time before now, not a calendar's: there is no midnight at which twice as many fit. */
function periodStart(row: Pick<GrantRow, 'period_ms'>, nowMs: number): number {
  return row.period_ms === null ? -1 : nowMs - row.period_ms;
}

/** The terms of a row. */
export function termsOf(row: GrantRow): GrantTerms {
  return {
    id: row.id,
    person: row.person ?? undefined,
    plugin: row.plugin,
    version: row.version,
    connector: row.connector,
    tool: row.tool,
    definition: row.definition,
    bounds: row.bounds,
    reachMax: row.reach_max ?? undefined,
    countMax: row.count_max,
    periodMs: row.period_ms ?? undefined,
    expiresAtMs: row.expires_at_ms,
  };
}
