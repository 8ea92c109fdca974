import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import type { Verified } from '../../kernel/people.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { matchesCode, nobody } from './code.ts';
import { type AccessDatabase, type PeopleReader, readPeople, rolesOf } from './read.ts';
import { addFailure, clearFailures } from './store.ts';

const freeFailures = 5;
const firstLockMs = 30_000;
const longestLockMs = 3_600_000;

/** One sentence for an unknown person and a wrong code: it must not say who is enrolled. */
const wrong =
  'That is not the code of that person. Nothing was changed. An administrator can give a new one with `trapkey enroll --rotate <person>`.';

/** Doubles with each failure after the free ones, to at most an hour: guessing is hopeless, mistyping is not punished. */
export function lockMs(failures: number): number {
  return failures < freeFailures ? 0 : Math.min(longestLockMs, firstLockMs * 2 ** (failures - freeFailures));
}

/**
 * Checks a person's code. Every answer leaves an entry before it is given; when it cannot be written, nobody is
 * who they say. One at a time: the work of scrypt is then no way to take the machine, nor a way round the lock.
 */
export function codeVerifier(parts: {
  readonly database: AccessDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
}): (person: string, code: string) => Promise<Verified> {
  const people = readPeople(parts.database);
  let last: Promise<unknown> = Promise.resolve();
  return (person, code) => {
    const turn = last.then(() => verify({ ...parts, people }, person.trim().toLowerCase(), code.slice(0, 200)));
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function verify(
  { people, recorder, clock }: { readonly people: PeopleReader; readonly recorder: Recorder; readonly clock: Clock },
  person: string,
  code: string,
): Promise<Verified> {
  const row = await people.row(person);
  const atMs = clock();
  if (row && row.locked_until_ms > atMs) {
    await recorder.commit({ entries: [attempt(atMs, person, false, 'locked after failed attempts')] });
    const says = `Locked after failed attempts until ${rfc3339(row.locked_until_ms)}. Nothing was changed. Wait, or ask an administrator to rotate the code.`;
    return { ok: false, says, retryAtMs: row.locked_until_ms };
  }
  const matches = await matchesCode(code, row?.code_hash ?? nobody);
  if (!row || !matches) {
    // A name that is not enrolled stays out of the record: anybody can make up any number of them.
    const entry = row ? attempt(atMs, person, false, 'wrong code') : attempt(atMs, undefined, false, 'nobody of that name is enrolled');
    await recorder.commit({
      entries: [entry],
      steps: async (tx) => {
        if (row) await addFailure(tx, person, atMs, lockMs);
        return { ok: true };
      },
    });
    return { ok: false, says: wrong, retryAtMs: undefined };
  }
  const committed = await recorder.commit({ entries: [attempt(atMs, person, true)], steps: (tx) => clearFailures(tx, row, atMs) });
  if (committed.status !== 'committed')
    return { ok: false, says: 'The code was changed or locked meanwhile. Nothing was changed. Try again.', retryAtMs: undefined };
  return { ok: true, who: { person, roles: rolesOf(row.roles), freshAtMs: atMs } };
}

function attempt(atMs: number, person: string | undefined, good: boolean, reason?: string): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action: good ? 'credential.accepted' : 'credential.refused',
    ...(person !== undefined && { on_behalf_of: person }),
    ...(good ? { assurance: { on_behalf_of: 'proved' } } : { code: 'unauthenticated', assurance: { on_behalf_of: 'claimed' } }),
    ...(reason !== undefined && { reason }),
  };
}
