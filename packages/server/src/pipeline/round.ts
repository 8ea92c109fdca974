import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ServerRequest } from '@trapkey/contract/upstream.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { Facts, ProbeAnswer } from '../kernel/facts.ts';
import type { CallListeners } from '../kernel/handle.ts';
import { newCallId } from '../kernel/ids.ts';
import type { Ruling } from '../kernel/stage.ts';
import { commitAllowed, refuseReached } from './allowing.ts';
import { commitDecision } from './commit.ts';
import { type Decided, decide } from './decide.ts';
import { type DecidedParts, decidedEntry, decisionInputs, type ExecutedParts, executedEntry, requestedEntry } from './entries.ts';
import type { Frame } from './frame.ts';
import { frozenKey } from './frozen.ts';

/** The client's answers to what an upstream asks while a call is open: each is a call, decided before it goes upstream. */
export interface Rounds {
  readonly listeners: CallListeners;
  /** No answer goes upstream any more, and none is being written. */
  end(): Promise<void>;
  /** `executed` of every answer that went: it shares what came of the call that it belongs to. */
  executed(came: Pick<ExecutedParts, 'outcome' | 'atMs' | 'upstreamMs' | 'sources' | 'code'>): readonly EntryFields[];
}

interface Round {
  readonly facts: Facts;
  readonly parts: DecidedParts;
}

/** Wraps the listeners of a call, so that whatever answers the upstream is decided and durable first. */
export function roundsOf(frame: Frame, facts: Facts, probes: ReadonlyMap<string, ProbeAnswer>, listeners: CallListeners): Rounds {
  const { serverRequest, ...rest } = listeners;
  const gone: Round[] = [];
  const writing = new Set<Promise<boolean>>();
  let over = false;
  const mayGo = async (request: ServerRequest, answer: JsonObject): Promise<boolean> => {
    const round = await decideRound(frame, facts, probes, request, answer);
    if (round) gone.push(round);
    return round !== undefined;
  };
  const answered = async (request: ServerRequest, answer: JsonObject): Promise<JsonObject | undefined> => {
    if (over) return undefined;
    const deciding = mayGo(request, answer);
    writing.add(deciding);
    return (await deciding) && !over ? answer : undefined;
  };
  return {
    listeners: {
      ...rest,
      // What a person approved is what is sent: an upstream that then asks for more is not answered.
      ...(serverRequest &&
        frozenKey(facts) === undefined && {
          serverRequest: async (request: ServerRequest) => {
            const answer = await serverRequest(request);
            return answer && (await answered(request, answer));
          },
        }),
    },
    async end() {
      over = true;
      await Promise.allSettled(writing);
    },
    executed: (came) =>
      gone.map(({ facts: decided, parts }) =>
        executedEntry({
          ...came,
          facts: decided,
          policy: parts.policy,
          sealedArguments: parts.sealedArguments,
          heldMs: undefined,
          result: undefined,
          detail: about(facts),
        }),
      ),
  };
}

/** From the top, with the policy and stops of now. Undefined where it may not go: refused, a fact is missing, no record. */
async function decideRound(
  frame: Frame,
  before: Facts,
  probes: ReadonlyMap<string, ProbeAnswer>,
  request: ServerRequest,
  answer: JsonObject,
): Promise<Round | undefined> {
  const atMs = frame.clock();
  const inputs = { inputRequests: { asked: { method: request.method, params: request.params } }, inputResponses: { asked: answer } };
  const call = { ...before.call, id: newCallId(atMs), attempt: 0, atMs, extra: { ...before.call.extra, ...inputs } };
  try {
    for (let time = 0; time <= frame.redecideMax; time++) {
      const began = frame.stopwatch();
      const moment = frame.moment();
      const decided = decide(frame.stages, call, { ...moment, atMs, probes });
      const { end, facts: known, would } = decided;
      const sealed = frame.recorder.seal(before.subject.run.id, decisionInputs(known, probes));
      const policy = moment.policy.digest;
      const parts = { known, would, policy, sealedArguments: sealed.digest, decideMs: frame.stopwatch() - began, atMs: frame.clock() };
      const verdict = 'released' in end ? end.released.released : refusalOf(frame, end);
      const requested = requestedEntry(known, policy, sealed.digest);
      const commit = {
        entries: [requested, { ...decidedEntry(parts, verdict), ...('released' in end && { detail: about(before) }) }],
        sealed: [sealed],
      };
      const committed =
        'released' in end
          ? await commitAllowed(frame, ofRound(end.released), { ...commit, latch: end.released.clear.generation })
          : await commitDecision(frame, known, commit);
      if (committed.status === 'limit') {
        await refuseReached(frame, committed.reached, parts, { requested: [requested], sealed });
        return undefined;
      }
      if (committed.status === 'committed') return 'released' in end ? { facts: end.released, parts } : undefined;
      await frame.refreshStops();
    }
  } catch (error) {
    if (!(error instanceof RecordUnavailable)) throw error;
  }
  return undefined;
}

const countedAgain = new Set(['calls', 'actions', 'repeats']);

/** A round is a call of its own, but what it reaches was counted with the call that it belongs to. */
function ofRound(facts: Facts): Facts {
  const { grant: _, reachMax: __, counts: ___, ...released } = facts.released;
  return { ...facts, released, within: { charges: facts.within.charges.filter(({ rule }) => countedAgain.has(rule.measure)) } };
}

/** An open call cannot wait for a person, nor for a fact that it did not need when it began. */
function refusalOf(frame: Frame, end: Exclude<Decided['end'], { readonly released: Facts }>): Ruling {
  if ('ruling' in end) return { ...end.ruling, verdict: 'deny' };
  const says = `The fact ${end.probe.key} was not read when the call began`;
  return { verdict: 'deny', code: 'probe_failed', rule: 'rounds', says, owner: frame.moment().organization.owner };
}

function about({ call }: Facts): string {
  return `Answers what the connector asked during call ${call.id}.`;
}
