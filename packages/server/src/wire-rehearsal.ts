import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from './config.ts';
import type { Stops } from './kernel/stops.ts';
import { openRehearsals } from './stages/contain/rehearsal/act.ts';
import { hookWay, httpWay, stdioWay } from './stages/contain/rehearsal/ways.ts';
import { startRehearsals } from './stages/contain/rehearsal/worker.ts';
import type { Store } from './wire.ts';
import { claimed, door } from './wire-doors.ts';

/** Rehearsals for one command; the gateways that serve run them. */
export const rehearsalsDoor = (config: Config) =>
  door(config, async ({ database, recorder, clock }) => ({
    rehearsals: openRehearsals({ database, recorder, clock }),
    by: claimed().person,
  }));

/** Takes part in rehearsals for this process, at its own port. */
export function serveRehearsals(parts: {
  readonly store: Store;
  readonly stops: Stops;
  readonly url: string;
  readonly token: string;
  /** How this program is started; absent where that is not known. */
  readonly command: readonly string[] | undefined;
  readonly alarm: (says: string) => void;
}): () => Promise<void> {
  const { store, stops, url, token, command, alarm } = parts;
  const { database, recorder, clock } = store;
  const reach = { url, token };
  return startRehearsals({
    database,
    recorder,
    stops,
    alarm,
    hostMs: clock,
    node: `${hostname()}:${process.pid}`,
    watch: database.watch,
    ways: () => [
      httpWay(reach),
      command ? stdioWay(reach, command) : { path: 'stdio', unmeasured: 'how to start the bridge is not known here' },
      hookWay(reach, randomUUID()),
    ],
  });
}
