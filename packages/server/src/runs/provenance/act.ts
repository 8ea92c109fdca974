import { createHmac } from 'node:crypto';
import type { Call } from '../../kernel/call.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Origins } from '../../kernel/origins.ts';
import { outsidersOf } from '../../kernel/outsiders.ts';
import { asked, type Provenance } from '../../kernel/provenance.ts';
import type { Tx } from '../../kernel/recorder.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { RunReport } from '../../kernel/runs.ts';
import { personKey } from '../announced/locate.ts';
import { learned } from './learning.ts';
import { emptyMemory, forget, latest, type Memory, memoryLimits, originOf, remember, type Seen } from './memory.ts';
import { insertSeen, peopleSince, type SeenDatabase, seenSince } from './store.ts';
import { digestWith, wordsIn } from './words.ts';

const peopleMax = 2_000;

/** The memory, and what else feeds it. */
export interface OpenProvenance extends Provenance {
  /** What hooks say that people asked, in the transaction that writes it. */
  prompted(tx: Tx, reports: readonly RunReport[]): Promise<void>;
  /** Another process wrote. */
  refresh(): Promise<void>;
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
  const memories = new Map<string, Memory>();
  let active = new Set(await peopleSince(database, clock() - memoryLimits.windowMs));
  const memoryOf = (person: string): Memory => {
    const memory = memories.get(person) ?? emptyMemory();
    memories.delete(person);
    memories.set(person, memory);
    if (memories.size > peopleMax) memories.delete(memories.keys().next().value as string);
    return memory;
  };
  const up = async (person: string, nowMs: number): Promise<Memory> => {
    const memory = memoryOf(person);
    // Another process may have read for the same person a moment ago.
    for (const seen of await seenSince(database, person, nowMs - memoryLimits.windowMs, memory.seen)) remember(memory, seen);
    forget(memory, nowMs);
    return memory;
  };
  return {
    attach(call) {
      const set = policy();
      const person = personKey(set, call.credential.person);
      if (!watches(set) && !active.has(person)) return call;
      return up(person, call.atMs).then((memory) => ({ ...call, origins: originsOf(memory, call, digest) }));
    },
    learn({ facts, result, atMs }) {
      const set = policy();
      const person = personKey(set, facts.call.credential.person);
      const { connector } = facts.subject;
      const outside = outsidersOf(connector, facts.permitted.rules, facts.permitted.pinned).kind !== 'none';
      if (!outside && !watches(set) && !active.has(person)) return undefined;
      const rows = learned(facts, result, atMs, digest);
      if (rows.length === 0) return undefined;
      return {
        async steps(tx) {
          await insertSeen(tx, person, rows, atMs - memoryLimits.windowMs);
          return { ok: true, quiet: true };
        },
        committed() {
          active.add(person);
          const memory = memoryOf(person);
          for (const row of rows) remember(memory, row);
        },
      };
    },
    async prompted(tx, reports) {
      for (const report of reports) {
        if (report.kind !== 'prompt' || report.text === undefined || report.by !== 'hook' || !watches(policy())) continue;
        const words = Uint32Array.from(wordsIn(report.text, 20_000).map(digest));
        const id = `${report.person}/${report.session}/${report.prompt}`.slice(0, 1_000);
        const seen: Seen = { id, atMs: report.atMs, origin: 'prompt', source: 'the prompt', sensitive: false, words };
        await insertSeen(tx, report.person, [seen], report.atMs - memoryLimits.windowMs);
      }
    },
    async refresh() {
      active = new Set(await peopleSince(database, clock() - memoryLimits.windowMs));
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
    untrusted: latest(memory, ({ origin }) => origin === 'outsiders'),
    sensitive: latest(memory, ({ sensitive }) => sensitive),
    forgotten: memory.forgottenUntilMs > call.atMs,
    values: Object.fromEntries(
      texts.map((text) => [text, originOf(memory, text, digest)] as const).filter(([, origin]) => Object.keys(origin).length > 0),
    ),
  };
}
