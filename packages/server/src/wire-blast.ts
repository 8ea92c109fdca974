import { openPinnedCatalog } from './catalog/read.ts';
import type { Config } from './config.ts';
import { blastChanges, blastReport, type Standing, signOffNeeded } from './inventory/blast/read.ts';
import { blastText, changesText } from './inventory/blast/text.ts';
import { UserError } from './kernel/errors.ts';
import type { PolicySet } from './kernel/rules.ts';
import { compileBounds } from './policy/cel/bounds.ts';
import { loadFolder } from './policy/folder.ts';
import { compiled } from './policy/parts.ts';
import { problemsInWords } from './policy/problems.ts';
import { readPointer } from './policy/read.ts';
import { liveGrants } from './stages/gate/grants/read.ts';
import type { Store } from './wire.ts';
import { door } from './wire-doors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The grants of a store that are live: they let calls run without a person, too. */
export function liveGrantsOf({ database, clock }: Pick<Store, 'database' | 'clock'>) {
  return () => liveGrants(database, compileBounds, clock());
}

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
    return {
      report: (set: 'running' | PolicySet, plugin?: string) => {
        const of = set === 'running' ? running?.set : set;
        return of && blastReport(beside(of), known(of, plugin), describe);
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
      text: blastText,
      changesText,
    };
  });

function known({ plugins }: PolicySet, plugin: string | undefined): string | undefined {
  if (plugin === undefined || plugins.has(plugin)) return plugin;
  throw new UserError(`There is no plugin ${plugin} in this policy.`, `It has ${[...plugins.keys()].join(', ') || 'none'}.`);
}
