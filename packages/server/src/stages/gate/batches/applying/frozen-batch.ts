import type { Effect } from '@trapkey/contract/codes.ts';
import type { StopCovering } from '../../../../kernel/covered.ts';
import { UserError } from '../../../../kernel/errors.ts';
import type { PolicySet } from '../../../../kernel/rules.ts';
import type { Frozen } from '../../frozen-by.ts';
import type { BatchRow } from '../proposal/store.ts';
import type { BatchTool } from '../proposal/tools.ts';

/** Says which stop freezes a batch: one that covers any kind of change in it. Asked each time, so that a release thaws at once. */
export type BatchFrozenBy = (batch: BatchRow, kinds: readonly BatchTool[], atMs: number) => Frozen | undefined;

/** Asks the stops of this process. Without them nothing is frozen: each change is refused where it would be made. */
export function batchFrozenBy(covering: StopCovering | undefined, policy: () => Partial<Pick<PolicySet, 'connectors'>>): BatchFrozenBy {
  return (batch, kinds, atMs) => {
    for (const { connector, tool, effect } of covering ? kinds : []) {
      const stop = covering?.({
        connector,
        connection: policy().connectors?.get(connector)?.connection,
        effect: effect as Effect,
        plugin: batch.plugin,
        release: `${batch.plugin}@${batch.version}`,
        tool,
        person: batch.person,
        run: batch.run,
        atMs,
      });
      if (stop) return { stop: stop.id, says: `Frozen by stop ${stop.id} (${stop.by}: ${stop.reason})` };
    }
    return undefined;
  };
}

/** Throws, in words, where a stop freezes the batch. */
export function batchMustBeThawed(frozen: Frozen | undefined, batch: string): void {
  if (!frozen) return;
  throw new UserError(
    `Batch ${batch} cannot go on: ${frozen.says}. Nothing was changed.`,
    `It can go on after \`trapkey release ${frozen.stop}\`; it can be aborted or refused now.`,
  );
}
