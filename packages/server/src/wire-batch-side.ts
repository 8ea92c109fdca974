import { batchTexts } from './gateway/batch-texts.ts';
import type { BatchSide } from './gateway/doors.ts';
import type { Links } from './gateway/texts.ts';
import type { BatchOfRun } from './kernel/batches.ts';
import type { OpenPolicy } from './policy/open.ts';
import type { Store } from './wire.ts';
import { agentBatchesOver } from './wire-batch-desk.ts';

/** Batches from their agents' side: submitting, asking, taking back. */
export function batchSide(parts: {
  readonly store: Store;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly links: Links;
}): BatchSide {
  const { store, policy, links } = parts;
  const door = agentBatchesOver(store, policy);
  // Whichever alias their credential names, a batch is of one person.
  const known = (whose: BatchOfRun): BatchOfRun => {
    const person = policy.current().directory.get(whose.person.toLowerCase())?.id ?? whose.person;
    return { ...whose, person };
  };
  return {
    texts: batchTexts(links),
    door: {
      list: (whose) => door.list(known(whose)),
      find: (id, whose) => door.find(id, known(whose)),
      submit: (id, whose, client) => door.submit(id, known(whose), client),
      withdraw: (id, whose, client) => door.withdraw(id, known(whose), client),
    },
  };
}
