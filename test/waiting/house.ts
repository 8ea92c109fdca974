import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Execute } from '../../packages/server/src/effects/execute/effect.ts';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openPayloads } from '../../packages/server/src/effects/record/payload-read.ts';
import { screenWith } from '../../packages/server/src/effects/screen/screen.ts';
import { openGateway } from '../../packages/server/src/gateway/gateway.ts';
import { defaultLimits, type GatewayLimits } from '../../packages/server/src/gateway/limits.ts';
import { countRejections } from '../../packages/server/src/gateway/rejections.ts';
import { gatewayTexts } from '../../packages/server/src/gateway/texts.ts';
import { ticketTexts } from '../../packages/server/src/gateway/ticket-texts.ts';
import type { AgentTickets, Running } from '../../packages/server/src/kernel/agent-tickets.ts';
import type { Approvals } from '../../packages/server/src/kernel/approvals.ts';
import type { Credential } from '../../packages/server/src/kernel/call.ts';
import type { Stops } from '../../packages/server/src/kernel/stops.ts';
import { handleWith } from '../../packages/server/src/pipeline/handle.ts';
import { offerWith } from '../../packages/server/src/pipeline/offer.ts';
import { pipeline } from '../../packages/server/src/pipeline/pipeline.ts';
import { openRuns } from '../../packages/server/src/runs/read.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { openTickets, type Tickets } from '../../packages/server/src/stages/gate/act.ts';
import { openApprovals } from '../../packages/server/src/stages/gate/deciding/act.ts';
import { openRunner, openRunning, type Runner } from '../../packages/server/src/stages/gate/running/act.ts';
import { openAgentTickets } from '../../packages/server/src/stages/gate/running/agent.ts';
import { type Database, type DatabaseAddress, openDatabase } from '../../packages/server/src/storage/database.ts';
import { policyWith, upstreamFixtures } from '../decisions/cases.ts';
import { recordingUpstream } from '../decisions/upstream.ts';
import { entriesOf, keys, startMs } from '../gate/desk.ts';

const version = '2.1.0';
export const path = `/p/sales/${version}/crm-act`;
export const asker = 'j.rivera@corp.example';
export const approver = 'k.lind@corp.example';

/** A clock that a test moves; nothing waits for it. */
export interface Simulated {
  readonly now: () => number;
  readonly pass: (ms: number) => void;
}

export function simulated(): Simulated {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

/** A whole gateway on a port, over the golden policy: everything is real but the upstream, who is who, and the clock. */
export interface House {
  readonly url: string;
  readonly upstream: ReturnType<typeof recordingUpstream>;
  readonly approvals: Approvals;
  readonly running: Running;
  readonly runner: Runner;
  readonly tickets: Tickets;
  readonly agent: AgentTickets;
  readonly stops: Stops;
  readonly database: Database;
  /** Tokens that count no more. */
  readonly revoked: Set<string>;
  /** As when the watcher hears of a change. */
  readonly heard: () => Promise<void>;
  /** When it claimed a ticket. */
  readonly claimed: Promise<void>;
  readonly approve: (ticket: string) => Promise<unknown>;
  readonly refuse: (ticket: string, reason: string) => Promise<unknown>;
  /** Deletions that reached the upstream. */
  readonly deleted: () => readonly JsonObject[];
  readonly entries: () => Promise<readonly Record<string, unknown>[]>;
  readonly close: () => Promise<void>;
}

export interface HouseOptions {
  readonly edit?: Readonly<Record<string, string>>;
  readonly limits?: Partial<GatewayLimits>;
  /** What the upstream does before it answers. */
  readonly before?: (signal: AbortSignal) => Promise<void>;
  /** What it claims it never begins. */
  readonly dies?: boolean;
  /** Not a gateway at all: every call goes straight upstream. */
  readonly stubbed?: boolean;
}

/** Opens one on a database that others may share. */
export async function openHouse(address: DatabaseAddress, clock: Simulated, options: HouseOptions = {}): Promise<House> {
  const database = await openDatabase(address);
  const recorder = openRecorder({ database, keys });
  const policy = policyWith(options.edit ?? {});
  const { unseal } = openPayloads({ database, master: keys.master });
  const shared = { database, recorder, clock: clock.now };
  const [stops, tickets, runs] = await Promise.all([
    openStops(shared),
    openTickets({ ...shared, keys, policy: () => policy, unseal }),
    openRuns({ database, clock: clock.now }),
  ]);
  const upstream = recordingUpstream(upstreamFixtures());
  const execute: Execute = async (target, request, listeners) => {
    await options.before?.(listeners.signal);
    return await upstream.execute(target, request, listeners);
  };
  const moment = () => ({ policy, organization: policy.organization });
  const governed = handleWith({
    stages: pipeline({ runs, stops, definitions: upstream.definitions, checkers: [] }),
    moment,
    recorder,
    tickets,
    execute,
    screen: screenWith(),
    checkers: new Map(),
    refreshStops: stops.refresh,
    stopSignal: stops.signalFor,
    runs,
    definitions: upstream.definitions,
    clock: clock.now,
    stopwatch: () => performance.now(),
    probeTimeoutMs: 5_000,
    probesMax: 8,
    redecideMax: 5,
  });
  const straight: typeof governed = async (call, listeners) => {
    const connector = policy.connectors.get(call.endpoint.connector);
    if (!connector) throw new Error('no such connector');
    const params = { ...call.extra, name: call.name, arguments: call.args };
    const about = { connector, person: call.credential.person, release: `sales@${version}` };
    const reply = await execute(about, { method: call.method, params, clientCapabilities: {} }, listeners);
    return { kind: 'result', call: call.id, result: reply.kind === 'result' ? reply.result : {}, warnings: [] };
  };
  const handle = options.stubbed ? straight : governed;
  const agent = openAgentTickets({ ...shared, unseal, tickets, policy: () => policy });
  const revoked = new Set<string>();
  const claimed = Promise.withResolvers<void>();
  const links = { ticket: (id: string) => `https://gate.example/t/${id}`, ask: () => 'https://gate.example/ask' };
  const counted = countRejections({ recorder, clock: clock.now, policy: () => policy.digest });
  const failures: string[] = [];
  const gateway = openGateway({
    handle,
    offer: offerWith({ moment, clock: clock.now, reading: runs, definitions: upstream.definitions, stops }),
    authenticate: (authorization, audience) => credentialOf(authorization, audience),
    resourceMetadata: () => undefined,
    config: { ...defaultLimits, heldWaitMs: { '*': 0 }, heldProgressMs: 5, offerReuseMs: 0, ...options.limits },
    clock: clock.now,
    log: (message, detail) => failures.push(`${message}: ${String(detail)}`),
    texts: gatewayTexts(links),
    rejected: counted.rejected,
    tickets: { door: agent, texts: ticketTexts(links), counted: counted.asked },
    clientWaits: () => policy.organization.waitsMs ?? {},
  });
  const unwatch = database.watch(() => void tickets.refresh());
  const { url } = await gateway.listen('127.0.0.1', 0);
  const by = { person: approver, roles: ['approver'], freshAtMs: clock.now() };
  const approvals = openApprovals({ ...shared, policy: () => policy, unseal });
  const heard = async () => {
    await tickets.refresh();
  };
  return {
    url,
    upstream,
    approvals,
    running: openRunning({ ...shared, policy: () => policy }),
    runner: openRunner({
      ...shared,
      unseal,
      handle,
      outlived: ({ id }) => {
        claimed.resolve();
        if (options.dies) return new Promise(() => {});
        return Promise.resolve(revoked.has(id) ? 'the token that asked for it was revoked' : undefined);
      },
      failed: (ticket, error) => failures.push(`${ticket}: ${String(error)}`),
    }),
    tickets,
    agent,
    stops,
    database,
    revoked,
    claimed: claimed.promise,
    heard,
    approve: async (ticket) => {
      await approvals.approve({ ticket, by: { ...by, freshAtMs: clock.now() }, via: 'cli' });
      await heard();
    },
    refuse: async (ticket, reason) => {
      await approvals.refuse({ ticket, by: { ...by, freshAtMs: clock.now() }, via: 'cli', reason });
      await heard();
    },
    deleted: () => upstream.reached.filter(({ params }) => params['name'] === 'delete_contact').map(({ params }) => params),
    entries: async () => {
      await counted.flush();
      return await entriesOf({ database });
    },
    async close() {
      await gateway.close();
      unwatch();
      await counted.stop();
      await recorder.close();
      await database.close();
      if (failures.length > 0) throw new Error(failures.join('\n'));
    },
  };
}

/** Whoever sends `Bearer <person>` is that person, on whichever endpoint. */
function credentialOf(authorization: string | undefined, audience: string): Credential {
  const person = (authorization ?? '').slice('Bearer '.length);
  return {
    kind: 'token',
    id: `AT-${person}`,
    person,
    groups: [],
    client: 'test',
    audience,
    profile: undefined,
    assurance: { person: 'proved', plugin: 'proved' },
  };
}
