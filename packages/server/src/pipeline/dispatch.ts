import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Facts, ProbeAnswer } from '../kernel/facts.ts';
import type { CallListeners } from '../kernel/handle.ts';
import { stoppable } from '../kernel/takes-back.ts';
import type { DecidedParts } from './entries.ts';
import type { Frame } from './frame.ts';
import { frozenKey } from './frozen.ts';
import { joined } from './joined.ts';
import { readerOf } from './reader.ts';
import { roundsOf } from './round.ts';

/** An allowed call on its way, with what its end needs. */
export interface Settling {
  readonly facts: Facts;
  readonly parts: DecidedParts;
  readonly listeners: CallListeners;
  /** What was read for the decision; an answer to the upstream is decided with it too. */
  readonly probes: ReadonlyMap<string, ProbeAnswer>;
  readonly warnings: readonly string[];
}

/** Sends it, unless a stop came first; each answer that the upstream asks for meanwhile is decided before it goes. */
export async function dispatch(frame: Frame, settling: Settling) {
  const { facts, listeners, probes } = settling;
  const { call, subject } = facts;
  const release = `${call.endpoint.plugin}@${call.endpoint.version}`;
  const stop = frame.stopSignal(
    stoppable(call, {
      person: subject.person,
      plugin: subject.plugin.id,
      release,
      connector: subject.connector.id,
      tool: call.name,
      run: subject.run.id,
      connection: subject.connector.connection,
      agent: call.where?.agent.value,
      parent: call.where?.parent.value,
      effect: facts.tiered.effect,
    }),
  );
  const rounds = roundsOf(frame, facts, probes, listeners);
  // A client that goes away cancels its request, never a ticket: what was approved is finished, and its result is kept.
  const either = frozenKey(facts) === undefined ? joined(listeners.signal, stop.signal) : { signal: stop.signal, done: () => undefined };
  const frozen = frozenKey(facts);
  const began = frame.stopwatch();
  const reply = stop.signal.aborted
    ? ({ kind: 'unsent', detail: 'not sent' } as const)
    : await frame.execute(
        { connector: subject.connector, person: subject.person, credential: call.credential.id, release },
        {
          method: call.method,
          params: paramsOf(facts),
          clientCapabilities: call.clientCapabilities,
          ...(frozen !== undefined && { idempotencyKey: frozen }),
          ...(subject.connector.bounds && { bounds: subject.connector.bounds }),
          reader: readerOf(subject, facts.permitted.rows),
        },
        { ...rounds.listeners, signal: either.signal },
      );
  const upstreamMs = frame.stopwatch() - began;
  either.done();
  stop.done();
  await rounds.end();
  return { reply, rounds, upstreamMs, stopped: stop.signal.aborted ? String(stop.signal.reason) : undefined };
}

/** What goes upstream is made from the decided value, never from received bytes. */
function paramsOf(facts: Facts): JsonObject {
  const { call, permitted } = facts;
  const key = permitted.rules.idempotencyArgument;
  if (call.method !== 'tools/call')
    return call.method === 'prompts/get' ? { ...call.extra, name: call.name, arguments: call.args } : call.extra;
  const frozen = frozenKey(facts);
  const args = key !== undefined && frozen !== undefined ? { ...call.args, [key]: frozen } : call.args;
  return { ...call.extra, name: call.name, arguments: args };
}
