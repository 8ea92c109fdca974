import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { RaiseIn, Signal } from '../../kernel/alerts.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { mainAgent } from '../../kernel/runs.ts';
import { placeOf } from '../tree/place.ts';
import type { Tree } from '../tree/state.ts';
import { loadTrees, type TreeDatabase } from '../tree/store.ts';
import { usesInLedger } from './calls-store.ts';
import { belongings, endWaiting, waitingBefore } from './settle-store.ts';
import type { Reported } from './store.ts';

/** How long each side waits for the other: events come in batches, and in any order. */
export interface SettleWaits {
  readonly joinAfterMs: number;
  readonly bypassAfterMs: number;
}

const rowsMax = 1_000;
const ledgerWindowMs = 15 * 60_000;

interface Parts {
  readonly database: TreeDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly raise: RaiseIn;
  readonly waits: SettleWaits;
}

type Belongings = Awaited<ReturnType<typeof belongings>>;

/**
 * Joins tool uses that telemetry told of with their calls, once both sides had time to arrive: an `attributed` entry for
 * each; an alarm for a tool of ours that ran and that no call of the gateway stands for. Gives how many waited.
 */
export async function settleReported(parts: Parts): Promise<number> {
  const { database, clock, waits } = parts;
  const rows = await waitingBefore(database, clock() - waits.joinAfterMs, rowsMax);
  for (const [person, own] of Map.groupBy(rows, (row) => row.person)) await settleOf(parts, person, own);
  return rows.length;
}

async function settleOf(parts: Parts, person: string, rows: readonly Reported[]): Promise<void> {
  const { database, recorder, clock, raise, waits } = parts;
  const nowMs = clock();
  const known = await belongings(database, person, rows);
  const joined = rows.filter((row) => known.calls.has(row.tool_use));
  const late = rows.filter((row) => !known.calls.has(row.tool_use) && row.at_ms <= nowMs - waits.bypassAfterMs);
  const suspects = late.filter((row) => row.connector !== null && row.succeeded === 1);
  const inLedger = suspects.length === 0 ? new Set<string>() : await usesInLedger(database, suspects, ledgerWindowMs);
  const passed = suspects.filter((row) => !inLedger.has(row.tool_use));
  if (joined.length + late.length === 0) return;
  const trees = await loadTrees({ database }, person, [...new Set(joined.map(({ session }) => session))]);
  const told = new Set(known.told);
  const bypass = new Set(passed.map((row) => row.tool_use));
  const uses = (some: readonly Reported[]) => some.map((row) => row.tool_use);
  await recorder.commit({
    entries: [
      ...joined.map((row) => attributed(row, known, trees.get(row.session), told, nowMs)),
      ...passed.map((row) => bypassed(row, nowMs)),
    ],
    steps: async (tx) => {
      const none = late.filter((row) => !bypass.has(row.tool_use));
      const ended = await endWaiting(tx, person, { joined: uses(joined), bypass: uses(passed), none: uses(none) });
      if (!ended) return { ok: false, conflict: 'another process was first' };
      for (const signal of signalsOf(person, passed)) await raise(tx, signal);
      return { ok: true, quiet: true };
    },
  });
}

/** What was learned of a call. The money of a request stands on the first call that it led to, so that sums are right. */
function attributed(row: Reported, known: Belongings, tree: Tree | undefined, told: Set<string>, nowMs: number): EntryFields {
  const call = known.calls.get(row.tool_use);
  const request = `${row.session}\n${row.request}`;
  const model = row.request === null ? undefined : known.models.get(request);
  const pays = model !== undefined && !told.has(request);
  if (pays) told.add(request);
  const agent = row.agent ?? mainAgent;
  const place = placeOf(tree ?? { agents: new Map() }, { session: row.session, agent, assurance: 'claimed' });
  const prompt = row.prompt === null ? undefined : known.prompts.get(`${row.session}\n${row.prompt}`);
  const agentType = place.agentType.value;
  return {
    timestamp: rfc3339(nowMs),
    kind: 'attributed',
    on_behalf_of: row.person,
    ...(call && { call: call.call }),
    ...(call?.run && { run: call.run }),
    tool_use: row.tool_use,
    session: row.session,
    agent: {
      id: agent,
      ...(place.parent.value !== undefined && { parent: place.parent.value }),
      ...(place.depth.value !== undefined && { depth: place.depth.value }),
    },
    ...((row.skill !== null || prompt !== undefined || agentType !== undefined) && {
      instructions: {
        ...(row.skill !== null && { skill: row.skill }),
        ...(agentType !== undefined && { agent_type: agentType }),
        ...(prompt !== undefined && { prompt }),
      },
    }),
    ...(model?.model && { model: model.model }),
    ...(pays && { spend: { micro_usd: model.micro_usd, tokens: model.tokens, requests: 1 } }),
    assurance: {
      session: 'claimed',
      agent: 'claimed',
      parent: place.parent.assurance,
      depth: place.depth.assurance,
      ...(model?.model && { model: 'claimed' }),
      ...(pays && { spend: 'claimed' }),
      ...(prompt !== undefined && { prompt: 'claimed' }),
      ...(row.skill !== null && { skill: 'claimed' }),
    },
  };
}

function bypassed(row: Reported, nowMs: number): EntryFields {
  return {
    timestamp: rfc3339(nowMs),
    kind: 'attributed',
    on_behalf_of: row.person,
    code: 'bypassed',
    coverage: 'reported',
    tool_use: row.tool_use,
    session: row.session,
    agent: { id: row.agent ?? mainAgent },
    ...(row.connector !== null && { connector: row.connector }),
    ...(row.tool !== null && { tool: row.tool }),
    assurance: { on_behalf_of: 'proved', session: 'claimed', agent: 'claimed' },
    detail: 'Telemetry tells that this tool ran; no call of it came through the gateway.',
  };
}

/** One for each person and connector. */
function signalsOf(person: string, rows: readonly Reported[]): readonly Signal[] {
  return [...Map.groupBy(rows, (row) => row.connector ?? '')].map(([connector, own]) => ({
    kind: 'bypass',
    scope: `connector:${connector} person:${person}`,
    says: `A client of ${person} ran tools of ${connector} that did not come through the gateway, so nothing was decided. Look at how the client is connected, and whether the connector's own credential is known outside.`,
    facts: own.slice(0, 6).map((row) => `${row.tool ?? 'a tool'} as ${row.tool_use} in session ${row.session}`),
    connector,
    count: own.length,
    ...(own[0]?.plugin && { plugin: own[0].plugin }),
  }));
}
