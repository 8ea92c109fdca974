import { lookFor } from './effects/screen/detect/look.ts';
import type { DataMemory, LookFor, Quarantine } from './kernel/data-memory.ts';
import type { Stops } from './kernel/stops.ts';
import type { OpenPolicy } from './policy/open.ts';
import { openDataMemory } from './runs/classes/act.ts';
import type { Store } from './wire.ts';
import { raiseInOver } from './wire-alerts.ts';

/** Who engages the stop of a connector whose answer held what is not ours. */
const screener = 'trapkey:screening';

/** What keeps data in: the memory of what was read, what arguments hold, and the stop of a connector that leaks. */
export function dataBoundary(parts: {
  readonly store: Store;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly stops: Pick<Stops, 'current' | 'engage'>;
}): { readonly memory: DataMemory; readonly look: LookFor; readonly quarantine: Quarantine } {
  const { store, policy, stops } = parts;
  const { database, recorder, clock } = store;
  const raise = raiseInOver(store);
  return {
    memory: openDataMemory({ database, policy: policy.current }),
    look: lookFor,
    async quarantine({ connector, plugin, call, says }) {
      const covered = stops
        .current()
        .stops.some(({ scope, mode }) => scope.kind === 'connector' && scope.id === connector && mode === 'full');
      if (covered) return;
      await stops.engage({
        scope: { kind: 'connector', id: connector },
        mode: 'full',
        by: { person: screener, assurance: 'proved' },
        reason: `${says}. Find out who else read from it before it is released: trapkey record who-read ${connector}`,
      });
      const signal = {
        kind: 'data_leak',
        scope: `connector:${connector}`,
        says: `${says}. Connector ${connector} is stopped; what was not ours was not released.`,
        facts: [`Who read from it: trapkey record who-read ${connector} --since 24h`],
        connector,
        plugin,
        call,
        atMs: clock(),
      } as const;
      const told = async (tx: Parameters<typeof raise>[0]) => {
        await raise(tx, signal);
        return { ok: true, quiet: true } as const;
      };
      await recorder.commit({ entries: [], steps: told });
    },
  };
}
