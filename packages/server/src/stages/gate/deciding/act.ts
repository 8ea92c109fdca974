import type { Json } from '@trapkey/contract/json.ts';
import type { Approvals, Eligible, ProvenPerson, TicketSummary } from '../../../kernel/approvals.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { Judge } from '../../../kernel/judge.ts';
import { type Announce, announceNothing } from '../../../kernel/messages.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { Stops } from '../../../kernel/stops.ts';
import { dedupeSecret } from '../dedupe.ts';
import { frozenBy, mustBeThawed } from '../frozen-by.ts';
import { accountOf } from '../goals/goal.ts';
import { goalStore } from '../goals/store.ts';
import { listTickets, openedBefore, showTicket } from '../read.ts';
import { recipientsDigest } from '../recipients.ts';
import { openRunning } from '../running/act.ts';
import { lastLike } from '../similar-read.ts';
import { type TicketDatabase, type TicketRow, ticketStore } from '../store.ts';
import { summaryOf } from '../view.ts';
import { approver, glassBreaker, mayBreakGlass } from './approve.ts';
import { authorise, notYetCounted } from './authorise.ts';
import { editor, partApprover } from './change.ts';
import { type Bindings, type Deciding, noSuchTicket } from './commit.ts';
import { extender } from './extend.ts';
import { answerer, asker } from './notes.ts';
import type { DecidingPolicy } from './people.ts';
import { refuser, withdrawer } from './refuse.ts';
import { notesOn } from './store.ts';

/** What people's decisions need. Without `judge` and `keys` nothing can be changed before it is approved; without `stops` no run is stopped. */
export interface ApprovalParts {
  readonly database: TicketDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** The running policy: its directory and organization say who may decide. */
  readonly policy: () => DecidingPolicy;
  /** Opens a sealed payload of the vault by its digest. */
  readonly unseal: (digest: string) => Promise<Json>;
  readonly judge?: Judge | undefined;
  /** Shared by every process on this database; needed to change what runs. */
  readonly keys?: { readonly names: Uint8Array } | undefined;
  readonly stops?: Pick<Stops, 'engage' | 'covering' | 'current' | 'refresh'> | undefined;
  readonly announce?: Announce | undefined;
  /** Who made the last change of the running policy. */
  readonly author?: (() => Promise<string | undefined>) | undefined;
  /** Hears of what must not stay unseen. */
  readonly alarm?: ((says: string) => void) | undefined;
}

/** What people may do with tickets. Works without a server: everything it needs is the database and the policy. */
export function openApprovals(parts: ApprovalParts): Approvals {
  const { database, recorder, clock, policy, unseal, judge, keys, stops, announce = announceNothing } = parts;
  const { author = async () => undefined, alarm = () => undefined } = parts;
  const store = ticketStore(database);
  const deciding: Deciding = {
    store,
    goals: goalStore(database),
    recorder,
    clock,
    policy,
    author,
    unseal,
    judge,
    bindings: keys && bindingsOf(keys.names, policy),
    announce,
    frozenBy: frozenBy(stops?.covering, policy),
    latch: () => stops?.current().generation,
    refreshStops: async () => await stops?.refresh(),
  };
  const shown = <T extends TicketSummary>(ticket: T): T => ({ ...ticket, frozen: deciding.frozenBy(ticket) });
  return {
    async list(filter) {
      const atMs = clock();
      return (await listTickets(database, filter, atMs)).map((row) => shown(summaryOf(row, atMs)));
    },
    async listFor(filter, by) {
      const atMs = clock();
      const rows = await listTickets(database, filter, atMs);
      return rows.map((row) => ({ ticket: shown(summaryOf(row, atMs)), eligible: eligibleFor(deciding, row, by, atMs) }));
    },
    show: async (ticket, by) => shown(await showTicket(parts, ticket, by)),
    async find(ticket) {
      const row = await store.byId(ticket);
      return row && shown(summaryOf(row, clock()));
    },
    notes: (ticket) => notesOn(database, ticket),
    async similar(ticket, by) {
      const row = await store.byId(ticket);
      const before = row && (await lastLike(database, row));
      return before && (await openedBefore(parts, before, by));
    },
    async eligible(ticket, by) {
      const row = await store.byId(ticket);
      if (!row) throw noSuchTicket(ticket);
      return eligibleFor(deciding, row, by, clock());
    },
    approve: approver(deciding),
    approvePart: partApprover(deciding),
    edit: editor(deciding),
    refuse: refuser({ ...deciding, stops }),
    ask: asker(deciding),
    answer: answerer(deciding),
    extend: extender(deciding),
    withdraw: withdrawer(deciding),
    async run(act) {
      const before = await store.byId(act.ticket);
      if (before) mustBeThawed(deciding.frozenBy(summaryOf(before, clock())), act.ticket);
      await openRunning(parts).run(act);
      const row = await store.byId(act.ticket);
      if (!row) throw noSuchTicket(act.ticket);
      return summaryOf(row, clock());
    },
    async mayBreakGlass(ticket, by) {
      const row = await store.byId(ticket);
      if (!row) throw noSuchTicket(ticket);
      return glassFor(deciding, row, by, clock());
    },
    breakGlass: glassBreaker({ ...deciding, alarm }),
  };
}

/** The same digests as tickets are opened with. */
function bindingsOf(names: Uint8Array, policy: () => DecidingPolicy): Bindings {
  const key = dedupeSecret(names);
  return { recipients: recipientsDigest(names), account: (connector) => accountOf(key, policy(), connector) };
}

function eligibleFor({ policy, frozenBy: frozen }: Deciding, row: TicketRow, by: ProvenPerson, atMs: number): Eligible {
  return unlessRefused(() => {
    notYetCounted(policy(), row, authorise(policy(), row, by, atMs));
    mustBeThawed(frozen(summaryOf(row, atMs)), row.id);
  });
}

function glassFor({ policy, frozenBy: frozen }: Deciding, row: TicketRow, by: ProvenPerson, atMs: number): Eligible {
  return unlessRefused(() => {
    mayBreakGlass(policy(), row, by, atMs);
    mustBeThawed(frozen(summaryOf(row, atMs)), row.id);
  });
}

function unlessRefused(look: () => void): Eligible {
  try {
    look();
    return { may: true };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { may: false, says: error.message };
  }
}
