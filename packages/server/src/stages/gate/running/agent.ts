import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { AgentTicket, AgentTickets, PickedUp, Whose } from '../../../kernel/agent-tickets.ts';
import { changedText } from '../../../kernel/changed.ts';
import { cited } from '../../../kernel/citation.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { type TicketDatabase, type TicketRow, ticketStore } from '../store.ts';
import { stateAt, ticketEntry, viewOf } from '../view.ts';
import type { Waiting } from '../waiting.ts';
import { frozenCall, type Unseal } from './frozen.ts';
import { type Owner, readTickets } from './read.ts';
import { handOver } from './store.ts';

const listMax = 20;

/** What the side of the agents works with. */
export interface AgentTicketParts {
  readonly database: TicketDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly unseal: Unseal;
  readonly tickets: Pick<Waiting, 'wait'>;
  readonly policy: () => Pick<PolicySet, 'directory'>;
}

/** Opens the tickets as agents may see and resume them; each only those of its own person and release. */
export function openAgentTickets(parts: AgentTicketParts): AgentTickets {
  const { database, recorder, clock, unseal } = parts;
  const reads = readTickets(database);
  const store = ticketStore(database);
  const owner = ({ person, plugin, version }: Whose): Owner => {
    const known = parts.policy().directory.get(person.toLowerCase());
    return { names: [...new Set([person, known?.id ?? person])], plugin, version };
  };
  const one = async (id: string, whose: Whose) => {
    const row = await reads.one(id, owner(whose));
    return row && seen(row, clock(), await reads.question(id));
  };
  return {
    list: async (whose) => (await reads.mine(owner(whose), clock(), listMax)).map((row) => seen(row, clock(), undefined)),
    find: one,
    wait: parts.tickets.wait,
    async frozen(id, whose) {
      const row = await reads.one(id, owner(whose));
      return row && (await frozenCall(row, unseal, clock()));
    },
    async pickUp(id, whose) {
      const row = await reads.one(id, owner(whose));
      return row ? await pickUp(parts, row) : { kind: 'nothing' };
    },
    async withdraw(id, whose, client) {
      const row = await reads.one(id, owner(whose));
      if (!row) return undefined;
      await recorder.commit({
        entries: [],
        steps: async (tx) => {
          const gone = await store.move(tx, { id, states: ['held', 'approved'] }, { state: 'withdrawn', decided_at_ms: clock() });
          const entry = gone && ticketEntry(gone, 'withdrawn', clock(), { actor: client, detail: 'taken back by its client' });
          return { ok: true, entries: entry ? [entry] : [] };
        },
      });
      return await one(id, whose);
    },
  };
}

function seen(row: TicketRow, atMs: number, question: string | undefined): AgentTicket {
  return {
    view: viewOf(row, stateAt(row, atMs)),
    connector: row.connector,
    tool: row.tool,
    changedAtMs: row.finished_at_ms ?? row.decided_at_ms ?? undefined,
    hasResult: row.result !== null,
    question,
  };
}

/** The stored result of what ran. That it was handed over is durable before anybody has it. */
async function pickUp({ recorder, clock, unseal }: AgentTicketParts, row: TicketRow): Promise<PickedUp> {
  if (row.state === 'executing') return { kind: 'running' };
  if ((row.state !== 'done' && row.state !== 'failed') || row.result === null) return { kind: 'nothing' };
  const payload = await unseal(row.result).catch(() => undefined);
  if (!isObject(payload)) return { kind: 'nothing' };
  if (row.picked_up_at_ms === null) {
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        const first = await handOver(tx, row.id, clock());
        const entry = first && { ...ticketEntry(first, 'admin', clock()), action: 'result.picked_up', subject: row.id };
        return { ok: true, entries: entry ? [entry] : [] };
      },
    });
  }
  const error = payload['error'];
  if (isObject(error) && !('content' in payload || 'contents' in payload || 'messages' in payload)) {
    return { kind: 'protocol_error', call: row.call, code: Number(error['code']), message: String(error['message']) };
  }
  const method = 'contents' in payload ? 'resources/read' : 'messages' in payload ? 'prompts/get' : 'tools/call';
  return {
    kind: 'result',
    call: row.call,
    result: cited(payload, { method, call: row.call }),
    warnings: [],
    ...(await changed(row, unseal)),
  };
}

async function changed(row: TicketRow, unseal: Unseal): Promise<{ readonly told?: string }> {
  if (row.original === null) return {};
  const ran = await unseal(row.arguments).catch(() => undefined);
  const args = isObject(ran) ? ran['arguments'] : undefined;
  return { told: isObject(args) ? changedText(args) : 'A person changed this call before approving it; what ran is not held any more.' };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
