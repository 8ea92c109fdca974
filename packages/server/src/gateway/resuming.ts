import { type AgentTicket, resumed, type Whose } from '../kernel/agent-tickets.ts';
import type { Call } from '../kernel/call.ts';
import type { CallListeners, Handled } from '../kernel/handle.ts';
import { newCallId } from '../kernel/ids.ts';
import type { Caller, GatewayDoors } from './doors.ts';
import { throughTickets } from './held.ts';
import type { Client } from './params.ts';
import type { Patience } from './patience.ts';
import { withoutTasks } from './tasks/declared.ts';

/** Who comes back for a ticket, and how long they stay. */
export interface Resuming {
  readonly ticket: string;
  readonly caller: Caller;
  readonly client: Client;
  readonly listeners: CallListeners;
  readonly patience: Patience;
}

/**
 * What came of it: the frozen call was `handled` from the top; the ticket is `open` (waits for a person, or runs), has
 * `ended` without a result, or may go on only `elsewhere`: at its own connector, or as the request that it was.
 */
export type Resumed =
  | { readonly kind: 'handled'; readonly call: Call; readonly handled: Handled }
  | { readonly kind: 'open' | 'ended' | 'elsewhere'; readonly ticket: AgentTicket };

/** Comes back for a ticket of this caller; undefined when they have no such ticket. */
export async function resumeTicket(
  doors: Pick<GatewayDoors, 'handle' | 'tickets' | 'clock'>,
  resuming: Resuming,
): Promise<Resumed | undefined> {
  const { caller, patience } = resuming;
  const door = doors.tickets?.door;
  const whose = whoseOf(caller);
  const first = await door?.find(resuming.ticket, whose);
  if (!door || !first) return undefined;
  const waits = first.view.state === 'held' ? 'decided' : first.view.state === 'executing' ? 'finished' : undefined;
  const again = waits && (await patience.wait(first.view.id, waits)) ? await door.find(first.view.id, whose) : undefined;
  const ticket = again ?? first;
  const { state } = ticket.view;
  if (state === 'held' || state === 'executing') return { kind: 'open', ticket };
  if (state !== 'approved' && !ticket.hasResult) return { kind: 'ended', ticket };
  if (ticket.connector !== caller.endpoint.connector) return { kind: 'elsewhere', ticket };
  const frozen = await door.frozen(ticket.view.id, whose);
  if (!frozen) return { kind: 'ended', ticket };
  if (frozen.method !== 'tools/call') return { kind: 'elsewhere', ticket };
  const atMs = doors.clock();
  // The credential that comes back is the one that counts: what was proved an hour ago proves nothing now.
  const call = resumed(frozen, ticket.view, {
    id: newCallId(atMs),
    atMs,
    endpoint: caller.endpoint,
    credential: caller.credential,
    session: caller.session,
    client: resuming.client.info,
    clientCapabilities: withoutTasks(resuming.client.capabilities),
  });
  const handled = await throughTickets(doors, call, resuming.listeners, patience);
  const running = handled.kind === 'refused' && handled.ruling.code === 'ticket_used';
  const now = running ? await door.find(ticket.view.id, whose) : undefined;
  if (now) return { kind: now.view.state === 'executing' ? 'open' : 'ended', ticket: now };
  return { kind: 'handled', call, handled };
}

/** Whose tickets a caller may see. */
export function whoseOf({ credential, endpoint }: Caller): Whose {
  return { person: credential.person, plugin: endpoint.plugin, version: endpoint.version };
}
