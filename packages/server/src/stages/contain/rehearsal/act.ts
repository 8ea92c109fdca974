import { type Clock, rfc3339 } from '../../../kernel/clock.ts';
import { randomCrockford } from '../../../kernel/ids.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { Rehearsals } from '../../../kernel/rehearsal.ts';
import { listRehearsals } from './history-store.ts';
import { insertRehearsal, type RehearsalDatabase } from './store.ts';

/** Longer than one takes; then nobody finishes it any more. */
const staleMs = 3 * 60_000;

/** Asks for rehearsals; whichever gateways serve run them. */
export function openRehearsals(parts: {
  readonly database: RehearsalDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
}): Rehearsals {
  const { database, recorder, clock } = parts;
  return {
    async begin(by) {
      const id = `RH-${randomCrockford(10)}`;
      const atMs = clock();
      const committed = await recorder.commit({
        entries: [
          {
            timestamp: rfc3339(atMs),
            kind: 'admin',
            action: 'rehearsal.started',
            subject: id,
            on_behalf_of: by,
            assurance: { on_behalf_of: 'claimed' },
          },
        ],
        steps: async (tx) => ((await insertRehearsal(tx, { id, by, atMs }, staleMs)) ? { ok: true } : { ok: false, conflict: 'under way' }),
      });
      return committed.status === 'committed' ? id : undefined;
    },
    list: (max) => listRehearsals(database, max),
  };
}
