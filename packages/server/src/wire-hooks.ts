import type { HookDoors } from './gateway/hooks/doors.ts';
import { raiseNothing } from './kernel/alerts.ts';
import type { Call } from './kernel/call.ts';
import { RecordUnavailable } from './kernel/errors.ts';
import type { TicketDoor } from './kernel/tickets.ts';
import { admitWith } from './pipeline/admit.ts';
import { forehearWith } from './pipeline/forehear.ts';
import type { Frame } from './pipeline/frame.ts';
import type { OpenPolicy } from './policy/open.ts';
import { openAnnouncements } from './runs/announced/act.ts';
import { locateAnnounced, personKey } from './runs/announced/locate.ts';
import type { OpenProvenance } from './runs/provenance/act.ts';
import { openAgentTrees } from './runs/tree/act.ts';
import type { Store } from './wire.ts';

/** The second witness of a call: what hooks announce, the agents they tell of, and how a call of the gateway is joined to both. */
export function witnessesOf(
  store: Store,
  policy: Pick<OpenPolicy, 'current'>,
  tickets: Pick<TicketDoor, 'finish'>,
  provenance: Pick<OpenProvenance, 'attach' | 'prompted'>,
) {
  const { database, recorder, clock, keys, payloads } = store;
  const announcements = openAnnouncements({ database, recorder, keys, tickets, unseal: payloads.unseal });
  const trees = openAgentTrees({ database, recorder, clock, prompted: provenance.prompted });
  const located = locateAnnounced({ announcements, trees, policy: policy.current });
  const locate = (call: Call) => {
    const found = located(call);
    return found instanceof Promise ? found.then(provenance.attach) : provenance.attach(found);
  };
  return { announcements, trees, locate };
}

/** The door for hooks: the same list and frame as for every call. */
export function hooksOver(parts: {
  readonly store: Pick<Store, 'recorder'>;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly witnesses: ReturnType<typeof witnessesOf>;
  readonly frame: Frame;
}): HookDoors {
  const { store, policy, witnesses, frame } = parts;
  return {
    announcements: witnesses.announcements,
    trees: witnesses.trees,
    admit: admitWith(frame),
    forehear: forehearWith(frame),
    policy: policy.current,
    personKey,
    // A process that serves puts its own in this place.
    raise: raiseNothing,
    async note(entry) {
      const committed = await store.recorder.commit({ entries: [entry] });
      if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
    },
  };
}
