import { hostname } from 'node:os';
import { revokeTokensOf } from './access/tokens/scope.ts';
import { callsInFlight } from './effects/record/open-calls.ts';
import { checkpointNow } from './effects/record/worker.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { LocalStops } from './kernel/stop-files.ts';
import type { StopDesk, Stops } from './kernel/stops.ts';
import { findRun } from './runs/read.ts';
import { openStops } from './stages/contain/act.ts';
import { openStopDesk } from './stages/contain/stops/desk.ts';
import { serveNode } from './stages/contain/stops/node.ts';
import { version } from './version.ts';
import type { Store } from './wire.ts';

/** The stops of a store: for the process that serves, and for commands, which stop without one. */
export async function stopsOver(parts: {
  readonly store: Store;
  readonly policy: (() => Pick<PolicySet, 'directory' | 'organization'>) | undefined;
  readonly local?: LocalStops;
}): Promise<Stops> {
  const { store, policy, local } = parts;
  const { database, recorder, clock, keys } = store;
  const checkpoint = () => checkpointNow({ recorder, keys, clock });
  return await openStops({ database, recorder, clock, policy, revokeTokens: revokeTokensOf, checkpoint, ...(local && { local }) });
}

/** Where people say what to stop. */
export function stopDeskOver({ database, clock }: Store, policy: () => PolicySet | undefined): StopDesk {
  const inFlight = () => callsInFlight(database);
  return openStopDesk({ database, clock, policy, inFlight, findRun: (id) => findRun(database, id) });
}

/** What a process that serves does about stops besides refusing: it confirms them, tells its clients, and lets go of credentials. */
export async function serveStops(parts: {
  readonly store: Store;
  readonly stops: Stops;
  readonly policy: () => Pick<PolicySet, 'connections'>;
  readonly notifyListChanged: (connection: string) => void;
  readonly closeIdle: () => void;
  readonly alarm: (says: string) => void;
}): Promise<() => Promise<void>> {
  const { store, stops, policy, notifyListChanged, closeIdle, alarm } = parts;
  const { recorder, clock } = store;
  const unhear = stops.onChanged(() => {
    for (const connection of policy().connections.keys()) notifyListChanged(connection);
    closeIdle();
  });
  const about = { host: hostname(), pid: process.pid, version };
  const node = await serveNode({ stops, recorder, clock, about, alarm });
  return async () => {
    unhear();
    await node.stop();
  };
}
