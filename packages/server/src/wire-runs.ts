import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Config } from './config.ts';
import type { TelemetryDoors } from './gateway/telemetry/doors.ts';
import type { Raise } from './kernel/alerts.ts';
import type { SettleSpend } from './kernel/limits.ts';
import type { OpenPolicy } from './policy/open.ts';
import { personKey } from './runs/announced/locate.ts';
import { openTelemetry } from './runs/intake.ts';
import { openRunLists } from './runs/lists/read.ts';
import { noteCalls } from './runs/telemetry/calls.ts';
import { spendCounter } from './runs/telemetry/spending.ts';
import type { OpenAgentTrees } from './runs/tree/act.ts';
import { type RunWaits, runWaits, workOnRuns } from './runs/worker.ts';
import type { Store } from './wire.ts';
import { raiseInOver } from './wire-alerts.ts';
import { door } from './wire-doors.ts';

/** The third witness: what telemetry tells, joined to the calls that the record tells of. */
export interface RunWitness {
  readonly telemetry: TelemetryDoors;
  /** Hears of every entry after it is durable. */
  note(entries: readonly EntryFields[]): void;
  /** Starts joining, counting and looking for what is missing; gives how to end it. */
  start(): () => Promise<void>;
}

/** Opens it over one store, for a process that serves. */
export function runWitness(parts: {
  readonly store: Store;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly trees: OpenAgentTrees;
  readonly spend: SettleSpend;
  readonly raise: Raise;
  readonly waits?: RunWaits | undefined;
}): RunWitness {
  const { store, policy, trees, spend, raise, waits = runWaits } = parts;
  const { database, recorder, clock } = store;
  const count = spendCounter({ database, spend });
  const notes = noteCalls({ recorder, personOf: (name) => personKey(policy.current(), name) });
  return {
    telemetry: { take: openTelemetry({ database, recorder, clock, policy: policy.current, trees, count }) },
    note: notes.note,
    start: () =>
      workOnRuns({
        database,
        recorder,
        clock,
        notes,
        raise,
        count,
        raiseIn: raiseInOver(store),
        waits,
        watch: database.watch,
        refresh: trees.refresh,
      }),
  };
}

export const runsDoor = (config: Config) => door(config, async ({ database }) => ({ runs: openRunLists({ database }) }));
