import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Clock } from '../../kernel/clock.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import type { Recorder, Tx } from '../../kernel/recorder.ts';
import { type AgentTrees, mainAgent, type RunReport } from '../../kernel/runs.ts';
import { promptEntry, promptRows } from '../telemetry/prompts.ts';
import { touchSessions, writePrompts } from '../telemetry/store.ts';
import { agentEntries } from './entries.ts';
import { fold } from './fold.ts';
import { placeOf } from './place.ts';
import type { Tree } from './state.ts';
import { loadTrees, saveTrees, type TreeDatabase } from './store.ts';

const cachedMax = 5_000;

/** The trees, and what keeps them fresh when another process wrote. */
export interface OpenAgentTrees extends AgentTrees {
  /** Forgets what may have changed in another process. */
  refresh(): void;
  /** For whoever reports within a transaction of its own; the entries go into that commit. */
  foldIn(tx: Tx, person: string, reports: readonly RunReport[]): Promise<readonly EntryFields[]>;
  /** After that commit. */
  forget(person: string, sessions: Iterable<string>): void;
}

/** Opens the agent trees of all sessions. */
export function openAgentTrees(parts: {
  readonly database: TreeDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Hears of prompts in the transaction that writes them. */
  readonly prompted?: ((tx: Tx, reports: readonly RunReport[]) => Promise<void>) | undefined;
}): OpenAgentTrees {
  const { database, recorder, clock } = parts;
  const cached = new Map<string, Tree>();
  let generation = 0;
  const treeOf = async (person: string, session: string): Promise<Tree> => {
    const began = generation;
    const trees = await loadTrees({ database }, person, [session]);
    const tree = trees.get(session) as Tree;
    if (began === generation) {
      if (cached.size >= cachedMax) cached.delete(cached.keys().next().value as string);
      cached.set(keyOf(person, session), tree);
    }
    return tree;
  };
  const foldIn = async (tx: Tx, person: string, reports: readonly RunReport[]): Promise<readonly EntryFields[]> => {
    const bySession = Map.groupBy(reports, (report) => report.session);
    if (bySession.size === 0) return [];
    const trees = await loadTrees({ tx }, person, [...bySession.keys()]);
    const entries: EntryFields[] = [];
    for (const [session, own] of bySession) {
      const tree = trees.get(session) as Tree;
      const before = new Map(tree.agents);
      for (const report of own) fold(tree, report);
      entries.push(...agentEntries({ person, session, atMs: clock() }, before, tree));
    }
    await saveTrees(tx, person, trees);
    return entries;
  };
  const forget = (person: string, sessions: Iterable<string>) => {
    generation++;
    for (const session of sessions) cached.delete(keyOf(person, session));
  };
  return {
    foldIn,
    forget,
    refresh() {
      generation++;
      cached.clear();
    },
    where(of) {
      const tree = cached.get(keyOf(of.person, of.session));
      return tree ? placeOf(tree, of) : treeOf(of.person, of.session).then((loaded) => placeOf(loaded, of));
    },
    count({ person, session }) {
      const tree = cached.get(keyOf(person, session));
      const size = ({ agents }: Tree) => agents.size - (agents.has(mainAgent) ? 1 : 0);
      return tree ? size(tree) : treeOf(person, session).then(size);
    },
    async report(reports) {
      const byPerson = Map.groupBy(reports, (report) => report.person);
      for (const [person, own] of byPerson) {
        const prompts = promptRows(recorder, own);
        const committed = await recorder.commit({
          entries: [],
          sealed: prompts.sealed,
          steps: async (tx) => {
            await touchSessions(tx, person, own, clock());
            const fresh = await writePrompts(tx, prompts.rows);
            await parts.prompted?.(tx, own);
            const entries = await foldIn(tx, person, own);
            return { ok: true, entries: [...fresh.map((row) => promptEntry(row, own[0]?.by ?? 'telemetry')), ...entries] };
          },
        });
        if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
        forget(person, new Set(own.map(({ session }) => session)));
      }
    },
  };
}

function keyOf(person: string, session: string): string {
  return `${person}\n${session}`;
}
