import { randomBytes } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { ProvenPerson } from '../../kernel/approvals.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { RecordUnavailable, UserError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { GrantedView, UpstreamGrants } from '../../kernel/upstream-credentials.ts';
import { mustAdminister } from '../people/act.ts';
import { identityOf } from '../sessions/identity.ts';
import { type Seal, sealWith } from '../sessions/seal.ts';
import { sessionKeys } from '../sessions/token.ts';
import type { CredentialParts } from './parts.ts';
import type { GrantRow } from './read.ts';
import { endGrants, insertGrant } from './store.ts';

/** Signing in at an upstream, for the pages. */
export interface UpstreamSignIn extends UpstreamGrants {
  /** Connections where a person signs in themselves. */
  offered(): readonly { readonly connection: string; readonly vendor: string }[];
  begin(connection: string, by: ProvenPerson, back: string): Promise<{ readonly location: string; readonly sealed: string }>;
  /** Throws in words unless everything fits what began in this browser, by the same person. */
  finish(returned: URL, sealed: string | undefined, by: ProvenPerson): Promise<string>;
}

/** Opens it. */
export function openUpstreamCredentials(parts: CredentialParts, keys: { readonly tokens: Uint8Array }): UpstreamSignIn {
  const { reader, policy, clock, vendors } = parts;
  const kept = sealWith(sessionKeys(keys.tokens).seal);
  const me = (by: ProvenPerson) => identityOf(policy() as never, by.person);
  return {
    list: async (scope = {}) => (await reader.list(lowered(scope))).map(viewOf),
    revoke: (scope, by, reason) => revoke(parts, { scope: lowered(scope), by, reason }, me(by)),
    offered: () =>
      [...policy().connections.values()].flatMap(({ id, credentials }) =>
        credentials?.kind === 'per_person' ? [{ connection: id, vendor: credentials.vendor }] : [],
      ),
    async begin(connection, by, back) {
      const rules = rulesOf(parts, connection);
      const [state, verifier] = [randomBytes(32).toString('base64url'), randomBytes(48).toString('base64url')];
      const location = await vendors.authorize(rules, { back, state, verifier }).catch(() => {
        throw new UserError(`${rules.vendor} cannot be reached. Nothing was granted.`, 'Try again in a moment.');
      });
      return { location, sealed: await kept.close('upstream', { connection, person: me(by), state, verifier, back }, clock()) };
    },
    finish: (returned, sealed, by) => finish(parts, kept, { returned, sealed, person: me(by) }),
  };
}

async function finish(
  parts: CredentialParts,
  kept: Seal,
  { returned, sealed, person }: { readonly returned: URL; readonly sealed: string | undefined; readonly person: string },
): Promise<string> {
  const began = (await kept.open('upstream', sealed, parts.clock())) as
    | Readonly<Record<'connection' | 'person' | 'state' | 'verifier' | 'back', string>>
    | undefined;
  if (!began || began.person !== person) throw refused('it did not begin in this browser by this person, or more than ten minutes ago');
  const rules = rulesOf(parts, began.connection);
  const url = new URL(began.back);
  url.search = returned.search;
  const given = await parts.vendors.redeem(rules, url, began).catch(() => {
    throw refused(`what came back from ${rules.vendor} does not fit what was asked`);
  });
  const atMs = parts.clock();
  const row = { id: newId('G'), connection: began.connection, person };
  const committed = await parts.recorder.commit({
    entries: [entry(atMs, 'upstream.granted', person, { ...row, vendor: rules.vendor })],
    steps: (tx) =>
      insertGrant(tx, {
        ...row,
        vendor: rules.vendor,
        sealed: parts.seal.close(row, { access: given.access, refresh: given.refresh }),
        expires_at_ms: given.expiresInMs === undefined ? null : atMs + given.expiresInMs,
        granted_at_ms: atMs,
        refreshed_at_ms: atMs,
        ...{ ended_at_ms: null, ended_by: null, ended_why: null },
      }),
  });
  if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
  return began.connection;
}

async function revoke(
  parts: CredentialParts,
  {
    scope,
    by,
    reason = 'revoked',
  }: { readonly scope: Parameters<UpstreamGrants['revoke']>[0]; readonly by: ProvenPerson; readonly reason: string | undefined },
  me: string,
): Promise<readonly GrantedView[]> {
  const { reader, recorder, clock, vendors, policy, seal } = parts;
  if (Object.values(scope).every((value) => value === undefined))
    throw new UserError('Say which grants: an id, or --vendor, --connection, --person.');
  const found = await reader.list(scope);
  if (found.some(({ person }) => person !== me)) mustAdminister(by, 'Revoking what others granted');
  if (found.length === 0)
    throw new UserError('There is no open grant of that kind. Nothing was changed.', 'See `trapkey credentials list`.');
  const atMs = clock();
  let ended: readonly GrantRow[] = [];
  const committed = await recorder.commit({
    entries: [],
    steps: async (tx) => {
      ended = await endGrants(tx, scope, { ended_at_ms: atMs, ended_by: me, ended_why: reason.slice(0, 500) });
      return { ok: true, entries: ended.map((row) => ({ ...entry(atMs, 'upstream.revoked', me, row), reason: reason.slice(0, 500) })) };
    },
  });
  if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
  // They are of no use here any more; that the vendor hears of it too is a courtesy that may fail.
  await Promise.allSettled(
    ended.slice(0, 1_000).map(async (row) => {
      const rules = policy().connections.get(row.connection)?.credentials;
      const tokens = rules && seal.open(row, row.sealed);
      if (rules && tokens) await vendors.revoke(rules, tokens.refresh ?? tokens.access);
    }),
  );
  return ended.map(viewOf);
}

function rulesOf({ policy }: CredentialParts, connection: string) {
  const rules = policy().connections.get(connection)?.credentials;
  if (rules?.kind !== 'per_person')
    throw new UserError(`Nobody signs in to \`${connection.slice(0, 64)}\` themselves.`, 'See /credentials for where one does.');
  return rules;
}

function entry(
  atMs: number,
  action: string,
  by: string,
  { id, person, connection, vendor }: Pick<GrantRow, 'id' | 'person' | 'connection' | 'vendor'>,
): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action,
    on_behalf_of: by,
    subject: `person:${person}`,
    connector: connection,
    detail: `${id} at ${vendor}`,
    assurance: { on_behalf_of: 'proved' },
  };
}

function lowered<S extends { readonly person?: string | undefined }>(scope: S): S {
  return scope.person === undefined ? scope : { ...scope, person: scope.person.toLowerCase() };
}

function viewOf(row: GrantRow): GrantedView {
  const { id, connection, vendor, person } = row;
  return {
    id,
    connection,
    vendor,
    person,
    grantedAtMs: row.granted_at_ms,
    refreshedAtMs: row.refreshed_at_ms,
    expiresAtMs: row.expires_at_ms ?? undefined,
  };
}

function refused(why: string): UserError {
  return new UserError(`Nothing was granted: ${why}.`, 'Start again at /credentials.');
}
