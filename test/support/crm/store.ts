import { DatabaseSync } from 'node:sqlite';
import { type Account, makeAccounts } from './accounts.ts';

/** What a call did: the CRM's own word, which tests go by. */
export type Did = 'read' | 'applied' | 'replayed' | 'refused' | 'dropped';

/** One line of the CRM's own log, written in the transaction of the change itself. */
export interface Logged {
  readonly seq: number;
  readonly at_ms: number;
  /** `mcp`: through the front door; `someone`: another user of the CRM, by its own screens. */
  readonly by: 'mcp' | 'someone';
  readonly tool: string;
  readonly account: string | null;
  readonly args: Readonly<Record<string, unknown>>;
  readonly key: string | null;
  readonly did: Did;
  /** What was to go wrong with it. */
  readonly fault: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** What one call brings. */
export interface Asked {
  readonly by: Logged['by'];
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly key: string | undefined;
  readonly fault: string | undefined;
}

/** A change, made inside the transaction: what it answers, and how the account was before and after. */
export interface Made {
  readonly account?: string | undefined;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly did: Did;
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  readonly after?: Readonly<Record<string, unknown>> | undefined;
}

/** The sales book on a file of its own. */
export interface Book {
  readonly file: DatabaseSync;
  /** Does it once: with a key that was honoured before, the old answer is given again. */
  once(asked: Asked, honourKeys: boolean, make: () => Made): Made & { readonly seq: number };
  account(id: string): Account | undefined;
  accounts(where?: {
    readonly region?: string;
    readonly tier?: string;
    readonly after?: string;
    readonly limit?: number;
  }): readonly Account[];
  update(id: string, change: Partial<Account> & { readonly deleted?: number }): void;
  mail(to: string, subject: string, body: string): number;
  log(after: number): readonly Logged[];
  close(): void;
}

const schema = `
  pragma journal_mode = wal;
  pragma synchronous = normal;
  create table if not exists accounts (id text primary key, name text, tier text, region text, owner text, email text,
    turnover integer, notes text, deleted integer not null default 0) without rowid;
  create table if not exists mails (id integer primary key, recipient text, subject text, body text);
  create table if not exists log (seq integer primary key autoincrement, at_ms integer, by text, tool text, account text, args text,
    key text, did text, fault text, before text, after text);
  create table if not exists keys (key text primary key, tool text, args text, answer text) without rowid;
`;
const columns = 'id, name, tier, region, owner, email, turnover, notes';

/** Opens the file; an empty one is filled. */
export function openBook(path: string, { accounts = 4_000, seed = 1 } = {}): Book {
  const file = new DatabaseSync(path);
  file.exec(schema);
  fill(file, accounts, seed);
  const one = file.prepare(`select ${columns} from accounts where id = ? and deleted = 0`);
  const page = file.prepare(
    `select ${columns} from accounts where deleted = 0 and id > ? and (? is null or region = ?) and (? is null or tier = ?) order by id limit ?`,
  );
  const line = file.prepare(
    'insert into log (at_ms, by, tool, account, args, key, did, fault, before, after) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning seq',
  );
  const known = file.prepare('select tool, args, answer from keys where key = ?');
  const keep = file.prepare('insert into keys values (?, ?, ?, ?)');
  const mail = file.prepare('insert into mails (recipient, subject, body) values (?, ?, ?)');
  return {
    file,
    once(asked, honourKeys, make) {
      file.exec('begin immediate');
      try {
        const { tool, key } = asked;
        const args = JSON.stringify(asked.args);
        const honoured = honourKeys ? key : undefined;
        const earlier = honoured === undefined ? undefined : (known.get(honoured) as Earlier | undefined);
        const made = earlier ? replayed(earlier, tool, args) : make();
        if (!earlier && honoured !== undefined && made.did === 'applied') keep.run(honoured, tool, args, JSON.stringify(made.answer));
        const values = [made.account ?? null, args, key ?? null, made.did, asked.fault ?? null, text(made.before), text(made.after)];
        const { seq } = line.get(Date.now(), asked.by, tool, ...values) as { readonly seq: number };
        file.exec('commit');
        return { ...made, seq };
      } catch (error) {
        file.exec('rollback');
        throw error;
      }
    },
    account: (id) => one.get(id) as Account | undefined,
    accounts: ({ region = null, tier = null, after = '', limit = 100_000 } = {}) =>
      page.all(after, region, region, tier, tier, limit) as unknown as readonly Account[],
    update(id, change) {
      for (const [column, value] of Object.entries(change)) file.prepare(`update accounts set "${column}" = ? where id = ?`).run(value, id);
    },
    mail: (to, subject, body) => Number(mail.run(to, subject, body).lastInsertRowid),
    log: (after) => file.prepare('select * from log where seq > ? order by seq').all(after).map(read),
    close: () => file.close(),
  };
}

interface Earlier {
  readonly tool: string;
  readonly args: string;
  readonly answer: string;
}

/** The first answer once more; a key that comes with something else is a mistake of the caller. */
function replayed(earlier: Earlier, tool: string, args: string): Made {
  const account = (JSON.parse(args) as { readonly id?: string }).id;
  if (earlier.tool !== tool || earlier.args !== args)
    return { account, did: 'refused', answer: { error: 'This idempotency key was used for another call.' } };
  return { account, did: 'replayed', answer: JSON.parse(earlier.answer) as Made['answer'] };
}

function fill(file: DatabaseSync, count: number, seed: number): void {
  if (file.prepare('select 1 from accounts limit 1').get()) return;
  file.exec('begin');
  const insert = file.prepare(`insert into accounts (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?)`);
  for (const { id, name, tier, region, owner, email, turnover, notes } of makeAccounts(count, seed))
    insert.run(id, name, tier, region, owner, email, turnover, notes);
  file.exec('commit');
}

const text = (value: object | undefined): string | null => (value === undefined ? null : JSON.stringify(value));
const value = (stored: unknown) => (typeof stored === 'string' ? (JSON.parse(stored) as Readonly<Record<string, unknown>>) : null);

function read(row: Record<string, unknown>): Logged {
  return { ...row, args: value(row['args']), before: value(row['before']), after: value(row['after']) } as unknown as Logged;
}
