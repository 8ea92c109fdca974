import { readTokens } from './access/tokens/read.ts';
import type { Caller, TicketSide } from './gateway/doors.ts';
import type { Links } from './gateway/texts.ts';
import { ticketTexts } from './gateway/ticket-texts.ts';
import type { Credential } from './kernel/call.ts';
import type { OpenPolicy } from './policy/open.ts';
import { frozenBy } from './stages/gate/frozen-by.ts';
import { openRunner } from './stages/gate/running/act.ts';
import { openAgentTickets } from './stages/gate/running/agent.ts';
import { runApproved } from './stages/gate/running/worker.ts';
import type { Store } from './wire.ts';
import type { openDeciding } from './wire-deciding.ts';

type Deciding = Awaited<ReturnType<typeof openDeciding>>;

/** Held calls from their agents' side: waiting, coming back, own tools, tasks. */
export function ticketSide(parts: {
  readonly store: Store;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly deciding: Pick<Deciding, 'tickets'>;
  readonly links: Links;
  readonly counted: (caller: Caller, what: string) => void;
}): TicketSide {
  const { database, recorder, clock, payloads } = parts.store;
  const { tickets } = parts.deciding;
  const door = openAgentTickets({ database, recorder, clock, unseal: payloads.unseal, tickets, policy: parts.policy.current });
  return { door, texts: ticketTexts(parts.links), counted: parts.counted };
}

/** Runs what was approved and runs by itself, or was let run by a person. Returns how to end it. */
export function runTickets(parts: {
  readonly store: Store;
  readonly deciding: Pick<Deciding, 'handle' | 'stops'>;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly alarm: (says: string) => void;
}): () => Promise<void> {
  const { database, recorder, clock, payloads } = parts.store;
  const frozen = frozenBy(parts.deciding.stops.covering, parts.policy.current);
  const runner = openRunner({
    database,
    recorder,
    clock,
    unseal: payloads.unseal,
    handle: parts.deciding.handle,
    outlived: outlivedIn(parts.store),
    frozen: (ticket) => frozen(ticket) !== undefined,
    failed: (ticket, error) => parts.alarm(`Ticket ${ticket} could not be run: ${error instanceof Error ? error.message : String(error)}`),
  });
  return runApproved({ runner, watch: database.watch });
}

/** A token that was revoked, or ran out, since the call was frozen ends what it proved; who the plugin is for is decided anew. */
export function outlivedIn({ database, clock }: Pick<Store, 'database' | 'clock'>) {
  const tokens = readTokens(database);
  return async ({ kind, id }: Credential): Promise<string | undefined> => {
    if (kind !== 'token') return undefined;
    const token = await tokens.byId(id);
    if (!token || token.revokedAtMs !== undefined) return 'the token that asked for it was revoked';
    return token.expiresAtMs <= clock() ? 'the token that asked for it has run out' : undefined;
  };
}
