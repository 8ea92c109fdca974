import { rfc3339 } from '../../kernel/clock.ts';
import type { CredentialRules } from '../../kernel/credential-rules.ts';
import type { ConnectionRules } from '../../kernel/rules.ts';
import type { Bearer, OnBehalf } from '../../kernel/upstream-credentials.ts';
import type { CredentialParts } from './parts.ts';
import type { GrantRow } from './read.ts';
import { endGrants, refreshGrant } from './store.ts';
import type { Subjects } from './subjects.ts';
import { isOver } from './vendor.ts';

/** A token that ends within this time is refreshed first: it must outlive the call. */
const aheadMs = 30_000;
const exchangedMax = 5_000;
/** A token whose end nobody told is exchanged again after this. */
const unknownLifeMs = 60_000;

type Rules = Pick<ConnectionRules, 'id'> & { readonly credentials: CredentialRules };

/**
 * What goes upstream for a person. The row is read for every call, so that a revocation holds for the next one on every
 * node; and where it cannot be had, nothing is sent: no other credential stands in.
 */
export function bearers(parts: CredentialParts, subjects: Subjects): (rules: Rules, who: OnBehalf) => Promise<Bearer> {
  const refreshing = new Map<string, Promise<Bearer>>();
  const exchanged = new Map<string, { readonly token: string; readonly untilMs: number }>();
  const own = async (rules: Rules, { person }: OnBehalf): Promise<Bearer> => {
    const row = await parts.reader.open(rules.id, person.toLowerCase());
    if (!row) return signIn(rules, 'This person has not signed in to');
    if (row.expires_at_ms === null || row.expires_at_ms - aheadMs > parts.clock())
      return { ok: true, token: parts.seal.open(row, row.sealed).access };
    const running = refreshing.get(row.id) ?? refreshed(parts, rules, row).finally(() => refreshing.delete(row.id));
    refreshing.set(row.id, running);
    return await running;
  };
  const forTheirs = async (rules: Rules, who: OnBehalf): Promise<Bearer> => {
    const key = JSON.stringify([rules.id, who.person, who.credential, rules.credentials.issuer, rules.credentials.scopes]);
    const atMs = parts.clock();
    const subject = subjects.of(who, atMs);
    if (subject === undefined)
      return {
        ok: false,
        code: 'not_signed_in',
        says: `${rules.id} is reached with rights of the person's own, so it takes a token of the identity provider, and this call came with none that is valid`,
      };
    const known = exchanged.get(key);
    if (known && known.untilMs > atMs) return { ok: true, token: known.token };
    try {
      const given = await parts.vendors.exchange(rules.credentials, subject);
      exchanged.delete(key);
      if (exchanged.size >= exchangedMax) exchanged.delete(exchanged.keys().next().value as string);
      exchanged.set(key, { token: given.access, untilMs: atMs + (given.expiresInMs ?? unknownLifeMs) - aheadMs });
      return { ok: true, token: given.access };
    } catch (error) {
      if (isOver(error))
        return { ok: false, code: 'not_signed_in', says: `The identity provider does not exchange this person's token for ${rules.id}` };
      return unreachable(rules);
    }
  };
  return async (rules, who) => {
    try {
      return await (rules.credentials.kind === 'per_person' ? own : forTheirs)(rules, who);
    } catch {
      return { ok: false, code: 'upstream_failed', says: `The credential of this person for ${rules.id} cannot be read` };
    }
  };
}

async function refreshed(parts: CredentialParts, rules: Rules, row: GrantRow, again = true): Promise<Bearer> {
  const { recorder, clock, seal, vendors, reader } = parts;
  const { refresh } = seal.open(row, row.sealed);
  if (refresh === undefined) return await over(parts, rules, row, 'it ended, and the vendor gave nothing to renew it with');
  let given: Awaited<ReturnType<typeof vendors.refresh>>;
  try {
    given = await vendors.refresh(rules.credentials, refresh);
  } catch (error) {
    if (!isOver(error)) return unreachable(rules);
    // Another node may have renewed it a moment ago, and the vendor takes each refresh token once.
    const now = await reader.open(row.connection, row.person);
    if (now && now.id === row.id && now.refreshed_at_ms !== row.refreshed_at_ms && again)
      return { ok: true, token: seal.open(now, now.sealed).access };
    return await over(parts, rules, row, 'the vendor does not renew it');
  }
  const atMs = clock();
  const sealed = seal.close(row, { access: given.access, refresh: given.refresh ?? refresh });
  const next = {
    sealed,
    expires_at_ms: given.expiresInMs === undefined ? null : atMs + given.expiresInMs,
    refreshed_at_ms: Math.max(atMs, row.refreshed_at_ms + 1),
  };
  const committed = await recorder.commit({ entries: [], steps: (tx) => refreshGrant(tx, row, next) });
  return committed.status === 'committed' ? { ok: true, token: given.access } : signIn(rules, 'The sign-in of this person ended for');
}

async function over({ recorder, clock }: CredentialParts, rules: Rules, row: GrantRow, why: string): Promise<Bearer> {
  const atMs = clock();
  await recorder.commit({
    entries: [
      {
        timestamp: rfc3339(atMs),
        kind: 'admin',
        action: 'upstream.ended',
        on_behalf_of: row.person,
        subject: `person:${row.person}`,
        connector: row.connection,
        detail: `${row.id} at ${row.vendor}: ${why}`,
        assurance: { on_behalf_of: 'unknown' },
      },
    ],
    steps: async (tx) => {
      await endGrants(tx, { id: row.id }, { ended_at_ms: atMs, ended_by: null, ended_why: why });
      return { ok: true };
    },
  });
  return signIn(rules, 'The sign-in of this person ended for');
}

function signIn({ id, credentials }: Rules, what: string): Bearer {
  return {
    ok: false,
    code: 'not_signed_in',
    says: `${what} ${id} at ${credentials.vendor}, and nothing is done there under another name. Give them the link to sign in`,
  };
}

function unreachable({ id, credentials }: Rules): Bearer {
  return {
    ok: false,
    code: 'upstream_failed',
    says: `${credentials.vendor}, which gives credentials for ${id}, cannot be reached, so nothing was sent`,
  };
}
