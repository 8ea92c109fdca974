import { openPeople } from './access/people/act.ts';
import { openPinnedCatalog } from './catalog/read.ts';
import type { Config } from './config.ts';
import { withLive } from './inventory/blast/live.ts';
import { blastChanges, blastReport, type Standing, signOffNeeded } from './inventory/blast/read.ts';
import { blastText, changesText } from './inventory/blast/text.ts';
import { withUsed } from './inventory/blast/used.ts';
import type { BlastReport } from './kernel/blast.ts';
import type { LiveAsk } from './kernel/blast-live.ts';
import { UserError } from './kernel/errors.ts';
import type { PolicySet } from './kernel/rules.ts';
import { loadFolder } from './policy/folder.ts';
import { compiled } from './policy/parts.ts';
import { problemsInWords } from './policy/problems.ts';
import { readPointer } from './policy/read.ts';
import { usedTools } from './runs/used/read.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { liveCounts } from './wire-blast-live.ts';
import { openDeciding } from './wire-deciding.ts';
import { door, publishedPolicy } from './wire-doors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the command about blast radius works with. */
export const blastDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { database, clock } = store;
    const pinned = await openPinnedCatalog({ database });
    const grants = await liveGrantsOf(store)();
    const beside = (set: PolicySet): Standing => ({ set, grants, nowMs: clock() });
    const describe = (connection: string, tool: string) => {
      const found = pinned.find(connection, 'tools/call', tool);
      return typeof found === 'object' ? found.tool : undefined;
    };
    const pointer = await readPointer(database);
    const running = pointer && (await compiled({ database, env }, pointer.digest));
    const used = await usedTools(database);
    return {
      report: (set: 'running' | PolicySet, plugin?: string) => {
        const of = set === 'running' ? running?.set : set;
        return of && withUsed(blastReport(beside(of), known(of, plugin), describe), of, used);
      },
      compare: (next: PolicySet, plugin?: string) => {
        const before = running && beside(running.set);
        const changes = blastChanges(before, beside(next)).filter((one) => plugin === undefined || one.plugin === plugin);
        return { changes, signOff: signOffNeeded(before, beside(next)) };
      },
      folder: async (path: string) => {
        const loaded = await loadFolder(path, env);
        if (loaded.ok) return loaded.set;
        throw new UserError(
          `The policy in ${path} does not check.\n${problemsInWords(loaded.problems)}`,
          'Mend it; `trapkey policy check` says when it is right.',
        );
      },
      people: openPeople({ database, recorder: store.recorder, clock }),
      live: async (ask: LiveAsk) => {
        const policy = await publishedPolicy(config, env, store);
        // Connectors are opened only when a system is asked.
        const deciding = await openDeciding(config, store, policy);
        try {
          known(policy.current(), ask.plugin);
          return await liveCounts({ handle: deciding.handle, policy: policy.current(), clock }, ask);
        } finally {
          await deciding.upstreams.close();
        }
      },
      withLive,
      text: (report: BlastReport) => blastText(report, clock()),
      changesText,
    };
  });

function known({ plugins }: PolicySet, plugin: string | undefined): string | undefined {
  if (plugin === undefined || plugins.has(plugin)) return plugin;
  throw new UserError(`There is no plugin ${plugin} in this policy.`, `It has ${[...plugins.keys()].join(', ') || 'none'}.`);
}
