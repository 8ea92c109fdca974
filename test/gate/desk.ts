import { randomBytes } from 'node:crypto';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openPayloads } from '../../packages/server/src/effects/record/payload-read.ts';
import type { Approvals, ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import { newCallId, newId } from '../../packages/server/src/kernel/ids.ts';
import type { DirectoryPerson } from '../../packages/server/src/kernel/rules.ts';
import type { TicketDraft } from '../../packages/server/src/kernel/tickets.ts';
import { openTickets, type Tickets } from '../../packages/server/src/stages/gate/act.ts';
import { openApprovals } from '../../packages/server/src/stages/gate/deciding/act.ts';
import type { DecidingPolicy } from '../../packages/server/src/stages/gate/deciding/people.ts';
import { type Database, openDatabase } from '../../packages/server/src/storage/database.ts';
import type { FreshDatabase } from '../support/databases.ts';

export const startMs = Date.UTC(2026, 5, 6, 12);
export const hourMs = 3_600_000;

const given = process.env['TRAPKEY_TEST_KEY'];
const key = given === undefined ? randomBytes(32) : Buffer.from(given, 'hex');

/** Keys that every node of one test shares; other processes are given theirs as TRAPKEY_TEST_KEY. */
export const keys = { master: key, signing: key, tokens: key, names: key };

const person = (id: string, groups: readonly string[], aliases: readonly string[] = []): DirectoryPerson => ({
  id,
  groups,
  region: 'eu',
  manager: undefined,
  aliases,
});
const people = [
  person('ada@corp.example', ['sales', 'managers'], ['al@corp.example']),
  person('max@corp.example', ['managers']),
  person('eve@corp.example', ['managers']),
  person('joe@corp.example', ['sales']),
];

/** A directory of four, three of them managers; Ada has an alias. */
export function policyOf(solo = false): DecidingPolicy {
  const directory = new Map(people.flatMap((one) => [one.id, ...one.aliases].map((name) => [name, one] as const)));
  return { directory, organization: { owner: 'ops@corp.example', solo } } as unknown as DecidingPolicy;
}

/** Somebody who showed a code. */
export const proven = (name: string, roles: readonly string[] = ['approver'], freshAtMs = startMs): ProvenPerson => ({
  person: name,
  roles,
  freshAtMs,
});

/** One process on the database of a test. */
export interface Desk {
  readonly database: Database;
  readonly recorder: OpenRecorder;
  readonly tickets: Tickets;
  readonly approvals: Approvals;
  readonly close: () => Promise<void>;
}

/** Opens another process's view of the same database. */
export async function openDesk(fresh: Pick<FreshDatabase, 'address'>, options: { clock: () => number; solo?: boolean }): Promise<Desk> {
  const database = await openDatabase(fresh.address);
  const { clock, solo } = options;
  const recorder = openRecorder({ database, keys });
  const { unseal } = openPayloads({ database, master: keys.master });
  return {
    database,
    recorder,
    tickets: await openTickets({ database, recorder, keys, clock }),
    approvals: openApprovals({ database, recorder, clock, policy: () => policyOf(solo), unseal }),
    close: async () => {
      await recorder.close();
      await database.close();
    },
  };
}

/** A call of Ada's; each has its own id, like each request of a client. */
export function callOf(atMs: number, change: Partial<Call> = {}): Call {
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint: { plugin: 'sales', version: '2.1.0', connector: 'crm-act' },
    method: 'tools/call',
    name: 'send_campaign',
    args: { list: 'spring', subject: 'Hello' },
    extra: {},
    credential: {
      kind: 'token',
      id: 'AT-1',
      person: 'ada@corp.example',
      groups: [],
      client: 'test',
      audience: '/p/sales/2.1.0/crm-act',
      profile: undefined,
      assurance: { person: 'proved', plugin: 'proved' },
    },
    session: undefined,
    client: { name: 'test', version: '1' },
    claims: {},
    clientCapabilities: {},
    via: 'mcp',
    ticket: undefined,
    ...change,
  };
}

export interface DraftOptions {
  readonly approvers?: readonly string[];
  readonly needs?: number;
  readonly definition?: string;
  readonly reach?: number;
}

/** Opens a ticket for a call as `handle` does, with its payload sealed in the same commit. */
export async function hold(desk: Desk, call: Call, options: DraftOptions = {}): ReturnType<Tickets['open']> {
  const { approvers = ['group:managers'], needs = 1, definition = 'sha256:d1', reach = 12 } = options;
  const sealed = desk.recorder.seal('R-1', { arguments: call.args, extra: call.extra, call: { method: call.method, name: call.name } });
  const draft: TicketDraft = {
    id: newId('TK'),
    call,
    facts: {
      call,
      subject: { person: call.credential.person, run: { id: 'R-1', startedAtMs: 0, fresh: false } },
      permitted: { pinned: { digest: definition } },
      tiered: { reach },
    } as unknown as TicketDraft['facts'],
    ruling: {
      verdict: 'hold',
      code: 'approval_needed',
      rule: 'tier/high',
      says: 'It would email 12.',
      owner: 'ops@corp.example',
      asks: { approvers, needs, expiresMs: hourMs, rule: 'approvals/high' },
    },
    sealedArguments: sealed.digest,
    sentence: 'crm-act.send_campaign would email 12 contacts.',
    policy: 'sha256:p1',
  };
  let opened: Awaited<ReturnType<Tickets['open']>> = { moved: 'not run' };
  await desk.recorder.commit({
    entries: [],
    sealed: [sealed],
    steps: async (tx) => {
      opened = await desk.tickets.open(tx, draft);
      return 'moved' in opened ? { ok: false, conflict: opened.moved } : { ok: true, entries: opened.entries };
    },
  });
  return opened;
}

/** The same, where nothing but a ticket can come of it. */
export async function heldId(desk: Desk, call: Call, options: DraftOptions = {}): Promise<string> {
  const opened = await hold(desk, call, options);
  if ('moved' in opened) throw new Error(opened.moved);
  return opened.ticket.id;
}

/** Every entry of the ledger, as stored. */
export async function entriesOf(desk: Pick<Desk, 'database'>): Promise<readonly Record<string, unknown>[]> {
  const rows = await desk.database.read.selectFrom('ledger').select('bytes').orderBy('entry').execute();
  return rows.map((row) => JSON.parse(row.bytes));
}
