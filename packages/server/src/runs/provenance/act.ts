import { createHmac } from 'node:crypto';
import type { Call } from '../../kernel/call.ts';
import type { Clock } from '../../kernel/clock.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import type { Origins } from '../../kernel/origins.ts';
import { outsidersOf } from '../../kernel/outsiders.ts';
import { asked, type Provenance } from '../../kernel/provenance.ts';
import type { Tx } from '../../kernel/recorder.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { RunReport } from '../../kernel/runs.ts';
import { personKey } from '../announced/locate.ts';
import { learned } from './learning.ts';
import { openMemories } from './memories.ts';
import { age, forgotten, type Memory, mark, memoryLimits, noteOf, originOf, remember, type Seen } from './memory.ts';
import { insertSeen, rowOf, type SeenDatabase, wasGiven } from './store.ts';
import { upToDate } from './up-to-date.ts';
import { digestWith, wordsIn } from './words.ts';

const givenMax = 100_000;

/** The memory, and what else feeds it. */
export interface OpenProvenance extends Provenance {
  /** What hooks say that people asked, in the transaction that writes it. */
  prompted(tx: Tx, reports: readonly RunReport[]): Promise<void>;
}

/** Opens it. A person is remembered over all their sessions, releases and connectors of the last eight hours. */
export async function openProvenance(parts: {
  readonly database: SeenDatabase;
  readonly clock: Clock;
  readonly key: Uint8Array;
  readonly policy: () => PolicySet;
}): Promise<OpenProvenance> {
  const { database, clock, policy } = parts;
  const digest = digestWith(createHmac('sha256', parts.key).update('values seen').digest());
  const memories = openMemories();
  const up = upToDate({ database, memories });
  /** Whose agents were given anything of note, as far as this process knows; whoever is not among them is looked up. */
  const given = new Set<string>();
  const isGiven = async (person: string, nowMs: number): Promise<boolean> => {
    if (given.has(person)) return true;
    if (!(await wasGiven(database, { person, afterMs: nowMs - memoryLimits.windowMs }))) return false;
    if (given.size >= givenMax) given.clear();
    given.add(person);
    return true;
  };
  return {
    async attach(call) {
      const set = policy();
      const person = personKey(set, call.credential.person);
      try {
        if (!watches(set) && !(await isGiven(person, call.atMs))) return call;
        const memory = await up(person, call.atMs);
        return { ...call, origins: originsOf(memory, call, digest) };
      } catch (error) {
        throw new RecordUnavailable('what its person was given to read cannot be looked up', { cause: error });
      }
    },
    learn({ facts, result, atMs }) {
      const set = policy();
      const person = personKey(set, facts.call.credential.person);
      const { connector } = facts.subject;
      const outside = outsidersOf(connector, facts.permitted.rules, facts.permitted.pinned).kind !== 'none';
      if (!outside && !watches(set) && !given.has(person)) return undefined;
      const rows = learned(facts, result, atMs, digest);
      if (rows.length === 0) return undefined;
      return {
        seen: rows.map((row) => rowOf(person, row)),
        committed() {
          given.add(person);
          const memory = memories.of(person);
          memories.change(person, memory, () => {
            for (const row of rows) remember(memory, row);
          });
        },
      };
    },
    async prompted(tx, reports) {
      for (const report of reports) {
        if (report.kind !== 'prompt' || report.text === undefined || report.by !== 'hook' || !watches(policy())) continue;
        const words = Uint32Array.from(wordsIn(report.text, 20_000).map(digest));
        const id = `${report.person}/${report.session}/${report.prompt}`.slice(0, 1_000);
        const seen: Seen = { id, atMs: report.atMs, origin: 'prompt', source: 'the prompt', sensitive: false, words };
        await insertSeen(tx, [rowOf(report.person, seen)]);
      }
    },
  };
}

const watching = new WeakMap<PolicySet, boolean>();

/** Whether the policy says of any connector who writes there; asked once for each set. */
function watches(set: PolicySet): boolean {
  let found = watching.get(set);
  if (found === undefined) {
    const said = ({ outsiders }: { readonly outsiders?: { readonly kind: string } | undefined }) =>
      outsiders !== undefined && outsiders.kind !== 'none';
    found = [...set.connectors.values()].some((connector) => said(connector) || [...connector.tools.values()].some(said));
    watching.set(set, found);
  }
  return found;
}

function originsOf(memory: Memory, call: Call, digest: ReturnType<typeof digestWith>): Origins {
  const texts = asked({ args: call.args, extra: call.extra, name: call.name });
  return {
    untrusted: noteOf(memory.latest.outsiders),
    sensitive: noteOf(memory.latest.sensitive),
    forgotten: memory.forgottenUntilMs > call.atMs,
    values: Object.fromEntries(
      texts.map((text) => [text, originOf(memory, text, digest)] as const).filter(([, origin]) => Object.keys(origin).length > 0),
    ),
  };
}
