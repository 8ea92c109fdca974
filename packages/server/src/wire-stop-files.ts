import { openPeople } from './access/people/act.ts';
import type { Config } from './config.ts';
import { DatabaseUnavailable } from './kernel/errors.ts';
import { openStopFilesDesk, openStopKeys } from './stages/contain/file/act.ts';
import { newPair, signOrder } from './stages/contain/file/order.ts';
import { isScope } from './stages/contain/file/scope.ts';
import { door } from './wire-doors.ts';

/** Keys and files of operators, for one command. */
export const stopFilesDoor = (config: Config) =>
  door(config, async ({ database, recorder, clock }) => ({
    keys: openStopKeys({ database, recorder, clock }),
    files: openStopFilesDesk({ database, recorder, clock }),
    people: openPeople({ database, recorder, clock }),
  }));

/** What an operator does away from the gateway: needs neither data folder nor database. */
export const orders = { newPair, sign: signOrder, isScope };

/** A stop that the database cannot take is told where else it can go. */
export function orFile(error: unknown): never {
  if (!(error instanceof DatabaseUnavailable)) throw error;
  throw new DatabaseUnavailable(
    `${error.message} Nothing was written, so nothing is stopped by this command; while the database is down, no gateway lets anything run.`,
    'So that it stays stopped when the database returns: `trapkey stop sign <scope> --key <file> --organization <id> --reason "…"`, and lay the file in the stop-files folder of each node.',
  );
}
