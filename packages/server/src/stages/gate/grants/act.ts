import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ProvenPerson } from '../../../kernel/approvals.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { Grants, GrantView } from '../../../kernel/grants.ts';
import { newId } from '../../../kernel/ids.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import { ticketStore } from '../store.ts';
import { freshForGrant, type GrantingPolicy, identity, mayGrant, rowOfWish } from './make.ts';
import type { CompileBounds } from './read.ts';
import { type GrantDatabase, type GrantRow, type GrantStore, grantStore } from './store.ts';
import { grantEntry, grantViewOf } from './view.ts';

interface GrantParts {
  readonly database: GrantDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => GrantingPolicy;
  readonly compileBounds: CompileBounds;
  /** Opens a sealed payload of the vault by its digest. */
  readonly unseal: (digest: string) => Promise<Json>;
}

const listMax = 1_000;

/** What people may do with grants. Works without a server. */
export function openGrantDesk(parts: GrantParts): Grants {
  const { recorder, clock, policy } = parts;
  const store = grantStore(parts.database);
  const viewed = async (rows: readonly GrantRow[]): Promise<readonly GrantView[]> => {
    const atMs = clock();
    const uses = await store.uses(rows, atMs);
    return rows.map((row) => grantViewOf(row, uses.get(row.id), atMs));
  };
  const one = async (row: GrantRow): Promise<GrantView> => (await viewed([row]))[0] as GrantView;
  const change = async (id: string, to: Partial<GrantRow>, entry: (row: GrantRow) => EntryFields): Promise<GrantView> => {
    let changed: GrantRow | undefined;
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        changed = await store.change(tx, id, to);
        return changed ? { ok: true, entries: [entry(changed)] } : { ok: false, conflict: 'not there or revoked' };
      },
    });
    if (changed) return await one(changed);
    const known = await store.byId(id);
    const what = known ? `Grant ${id} is revoked already` : `There is no grant ${id.slice(0, 40)}`;
    throw new UserError(`${what}. Nothing was changed.`, 'See them with `trapkey grants list --state all`.');
  };
  return {
    async list({ state, unusedSinceMs, concerning }) {
      const liveAtMs = state === 'live' ? clock() : undefined;
      const all = await viewed(await store.list({ liveAtMs, concerning }, listMax));
      const wanted = state === 'all' ? all : all.filter((grant) => grant.state === state);
      if (unusedSinceMs === undefined) return wanted;
      return wanted.filter(({ lastUsedAtMs, createdAtMs }) => (lastUsedAtMs ?? createdAtMs) < unusedSinceMs);
    },
    ...maker(parts, store, one),
    async review({ grant, by, via }) {
      const row = await mine(store.byId(grant), policy(), by, ['administrator'], 'review');
      const atMs = clock();
      const act = { person: identity(policy(), by.person), via, reason: undefined, atMs };
      return await change(row?.id ?? grant, { reviewed_at_ms: atMs }, (now) => grantEntry(now, 'grant.reviewed', act));
    },
    async revoke({ grant, by, via, reason }) {
      const row = await mine(store.byId(grant), policy(), by, ['administrator', 'operator', 'approver'], 'revoke');
      const atMs = clock();
      const person = identity(policy(), by.person);
      const act = {
        person,
        via,
        reason:
          reason
            .replaceAll(/\p{C}+/gu, ' ')
            .trim()
            .slice(0, 500) || undefined,
        atMs,
      };
      return await change(row?.id ?? grant, { revoked_at_ms: atMs, revoked_by: person }, (now) => grantEntry(now, 'grant.revoked', act));
    },
  };
}

function maker(parts: GrantParts, store: GrantStore, one: (row: GrantRow) => Promise<GrantView>): Pick<Grants, 'may' | 'make'> {
  const { database, recorder, clock, policy } = parts;
  const tickets = ticketStore(database);
  const ticket = async (id: string) => {
    const row = await tickets.byId(id);
    if (row) return row;
    throw new UserError(
      `There is no ticket ${id.slice(0, 40)}. Nothing was changed.`,
      'See them with `trapkey approvals list --state all`.',
    );
  };
  return {
    async may(id, by) {
      try {
        mayGrant(policy(), await ticket(id), by);
        return { may: true };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { may: false, says: error.message };
      }
    },
    async make({ by, via, ...wish }) {
      const row = await ticket(wish.ticket);
      const atMs = clock();
      const person = mayGrant(policy(), row, by);
      freshForGrant(row, by, atMs);
      const owner = policy().connectors.get(row.connector)?.owner ?? policy().organization.owner;
      const args = await argumentsOf(parts, row.arguments);
      const grant = rowOfWish(wish, { row, args, id: newId('G'), by: person, owner, atMs });
      const bounds = parts.compileBounds(grant.id, grant.bounds);
      if ('says' in bounds)
        throw new UserError(
          `The bounds cannot be used: ${bounds.says}. Nothing was changed.`,
          'Write a CEL expression over args, reach, amount, destination, person and now.',
        );
      await recorder.commit({
        entries: [],
        steps: async (tx) => {
          await store.insert(tx, grant);
          return { ok: true, entries: [grantEntry(grant, 'grant.made', { person, via, reason: grant.because, atMs })] };
        },
      });
      return await one(grant);
    },
  };
}

/** Its maker, whoever it is for where they give it back, or somebody with one of the roles. */
async function mine(
  found: Promise<GrantRow | undefined>,
  policy: GrantingPolicy,
  by: ProvenPerson,
  roles: readonly string[],
  verb: string,
) {
  const row = await found;
  const me = identity(policy, by.person);
  const maker = row && identity(policy, row.made_by) === me;
  const givesBack = verb === 'revoke' && row && row.person !== null && identity(policy, row.person) === me;
  if (maker || givesBack || roles.some((role) => by.roles.includes(role))) return row;
  throw new UserError(
    `Only who made a grant${verb === 'revoke' ? ', whom it is for' : ''}, or ${roles.join(' or ')}, may ${verb} it. Nothing was changed.`,
    `Who can help: ${row?.made_by ?? policy.organization.owner}.`,
  );
}

async function argumentsOf({ unseal }: Pick<GrantParts, 'unseal'>, digest: string): Promise<JsonObject> {
  const sealed = (await unseal(digest).catch(() => undefined)) as JsonObject | undefined;
  const args = sealed?.['arguments'];
  if (typeof args === 'object' && args !== null && !Array.isArray(args)) return args as JsonObject;
  throw new UserError('What the ticket sent cannot be opened any more, so nothing can be bound to it. Nothing was changed.');
}
