import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { Recorder, StepResult, Tx } from '../../kernel/recorder.ts';
import type { Arrival, Begun, Sessions, Signed } from '../../kernel/sessions.ts';
import type { AccessDatabase } from '../people/read.ts';
import { identityOf, type Known } from './identity.ts';
import { readSessions, type SessionRow } from './read.ts';
import { endSession, forgetSessions, replaceSession, touchSession } from './store.ts';
import { isSessionToken, keyed, newSessionToken, sessionKeys } from './token.ts';
import { idOf, isOpen, lastsForMs, openOf, signedOf } from './views.ts';

export interface SessionParts {
  readonly database: AccessDatabase;
  readonly recorder: Recorder;
  readonly keys: { readonly tokens: Uint8Array };
  readonly policy: () => Known;
  readonly clock: Clock;
}

/** Sessions, and the one way that they begin: with a proof that the rest of access checked. */
export interface OpenSessions extends Sessions {
  /** `also` runs in the same transaction: what is spent for it. Nothing when that, or a replaced session, was gone already. */
  begin(arrival: Arrival, also?: (tx: Tx) => Promise<StepResult>): Promise<Begun | undefined>;
  /** A credential was shown again: the session goes on under a new token, fresh. Nothing when it ended meanwhile. */
  prove(signed: Signed, by: string, also?: (tx: Tx) => Promise<StepResult>): Promise<Begun | undefined>;
  /** Whether two names are one person's. */
  isSame(one: string, other: string): boolean;
}

/** Being seen is written at most this often. */
const seenEveryMs = 60_000;
const keepMs = 30 * 24 * 3_600_000;

/** Opens the sessions of one database. */
export function openSessions(parts: SessionParts): OpenSessions {
  const { database, recorder, clock, policy } = parts;
  const key = sessionKeys(parts.keys.tokens).session;
  const reader = readSessions(database);
  const view = (row: SessionRow) => signedOf(row, reader, policy());
  const write = async (row: SessionRow, old: string | undefined, entry: Partial<EntryFields>, strict: boolean, also?: Also) => {
    const committed = await recorder.commit({
      entries: [{ ...about(row.created_at_ms, row.person), ...entry }],
      steps: async (tx) => {
        const said = (await also?.(tx)) ?? { ok: true as const };
        if (!said.ok) return said;
        await forgetSessions(tx, row.created_at_ms - keepMs);
        return await replaceSession(tx, row, old, strict);
      },
    });
    return committed.status === 'committed';
  };
  return {
    async begin(arrival, also) {
      const atMs = clock();
      const token = newSessionToken();
      const row = rowOf(keyed(key, token), arrival, identityOf(policy(), arrival.person), atMs);
      if (policy().directory.get(row.person)?.inactive)
        throw new UserError('Nobody was signed in: this person is deactivated in the directory.', 'Ask whoever keeps the directory.');
      const old = arrival.replaces === undefined ? undefined : keyed(key, arrival.replaces);
      const entry = { action: 'session.began', detail: `${idOf(row.hash)} by ${arrival.via}` };
      return (await write(row, old, entry, false, also)) ? { token, signed: await view(row) } : undefined;
    },
    async prove(signed, by, also) {
      const atMs = clock();
      const before = await reader.byHash(signed.hash);
      if (!before || !isOpen(before, atMs)) return undefined;
      const token = newSessionToken();
      const row = { ...before, hash: keyed(key, token), created_at_ms: atMs, seen_at_ms: atMs, stepped_up_at_ms: atMs };
      const entry = { action: 'session.proved', detail: `${idOf(row.hash)} in place of ${signed.id}, by ${by}` };
      return (await write(row, signed.hash, entry, true, also)) ? { token, signed: await view(row) } : undefined;
    },
    async find(token) {
      if (!isSessionToken(token)) return undefined;
      const atMs = clock();
      const row = await reader.byHash(keyed(key, token));
      if (!row || !isOpen(row, atMs) || policy().directory.get(row.person)?.inactive) return undefined;
      if (atMs - row.seen_at_ms > seenEveryMs) {
        await recorder.commit({
          entries: [],
          steps: async (tx) => touchSession(tx, row.hash, atMs).then(() => ({ ok: true, quiet: true })),
        });
      }
      return await view(row);
    },
    async end(id, by) {
      const person = by.roles.includes('administrator') ? undefined : by.person;
      const atMs = clock();
      const row = await reader.named(id.replace(/^SE-/, ''));
      const may = row && isOpen(row, atMs) && (person === undefined || row.person === person);
      // The same words for a session of somebody else and for none.
      if (!row || !may)
        throw new UserError(`There is no open session ${id.slice(0, 40)} that ${by.person} may end.`, 'See the list of sessions.');
      const entry = { ...about(atMs, row.person, by.person), action: 'session.ended', detail: id };
      await recorder.commit({ entries: [entry], steps: (tx) => endSession(tx, row.hash, atMs) });
    },
    async look(signed) {
      const rows = await reader.byHashes(signed.map(({ hash }) => hash));
      return await openOf(rows, reader, policy(), clock());
    },
    isSame: (one, other) => identityOf(policy(), one) === identityOf(policy(), other),
    list: async (person) => {
      const atMs = clock();
      const rows = await reader.open(person === undefined ? undefined : identityOf(policy(), person), atMs);
      return await Promise.all(rows.filter((row) => isOpen(row, atMs)).map(view));
    },
  };
}

type Also = (tx: Tx) => Promise<StepResult>;

function rowOf(hash: string, { groups, via, fresh }: Arrival, person: string, atMs: number): SessionRow {
  return {
    hash,
    person,
    groups: groups === undefined ? null : JSON.stringify(groups),
    via,
    created_at_ms: atMs,
    seen_at_ms: atMs,
    expires_at_ms: atMs + lastsForMs,
    stepped_up_at_ms: fresh ? atMs : null,
    revoked_at_ms: null,
  };
}

function about(atMs: number, person: string, by = person): EntryFields {
  const proved = { on_behalf_of: 'proved' as const };
  return { timestamp: rfc3339(atMs), kind: 'admin', on_behalf_of: by, subject: `person:${person}`, assurance: proved };
}
