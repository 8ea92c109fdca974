import { rolesFor } from './access/sessions/identity.ts';
import { readSessions } from './access/sessions/read.ts';
import { randomCrockford } from './kernel/ids.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { Undos } from './kernel/undo.ts';
import { openAutonomyDoor } from './stages/gate/autonomy/act.ts';
import { changeDigests } from './stages/gate/batches/images.ts';
import { openUndos } from './stages/gate/undo/act.ts';
import { runUndos } from './stages/gate/undo/worker.ts';
import type { Store } from './wire.ts';
import type { openDeciding } from './wire-deciding.ts';
import type { GovernedPolicy } from './wire-governed.ts';

/** What people may do about taking things back, over one store. */
export function undosOver({ database, recorder, clock }: Store, policy: () => PolicySet): Undos {
  return openUndos({ database, recorder, clock, policy, autonomy: openAutonomyDoor({ database, clock, policy }) });
}

/** Looks at what somebody wants to take back, and takes back what was started. Returns how to end it. */
export async function startUndos(parts: {
  readonly store: Store;
  readonly policy: Pick<GovernedPolicy, 'current'>;
  readonly deciding: Pick<Awaited<ReturnType<typeof openDeciding>>, 'handle' | 'judge' | 'readBack' | 'pinned'>;
  /** No other process serves: leases of one before are over. */
  readonly alone: boolean;
  readonly alarm: (says: string) => void;
}): Promise<() => Promise<void>> {
  const { store, policy, deciding, alone, alarm } = parts;
  const { database, recorder, clock, keys, payloads } = store;
  return await runUndos({
    ...{ database, recorder, clock, alone, autonomy: openAutonomyDoor({ database, clock, policy: policy.current }) },
    ...{ handle: deciding.handle, judge: deciding.judge, readBack: deciding.readBack, definitions: deciding.pinned },
    policy: policy.current,
    digests: changeDigests(keys.names),
    unsealMany: payloads.unsealMany,
    claim: randomCrockford(16),
    failed: (undo, error) => alarm(`Undo ${undo} broke: ${error instanceof Error ? error.message : String(error)}`),
    rolesOf: (person, groups) => rolesFor(policy.current(), readSessions(database), person, groups),
    watch: database.watch,
  });
}
