import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import type { Verified } from '../../kernel/people.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { type Attempts, countAttempts } from './attempts.ts';
import { hashCode, isSlow, matchesCode, nobody } from './code.ts';
import { type AccessDatabase, type PeopleReader, readPeople, rolesOf } from './read.ts';
import { acceptCode, addFailure } from './store.ts';

const busyMs = 2_000;

/** One sentence for an unknown person and a wrong code: it must not say who is enrolled. */
const wrong =
  'That is not the code of that person. Nothing was changed. An administrator can give a new one with `trapkey enroll --rotate <person>`.';

const busy = 'Too many codes are being tried at this moment. Nothing was changed. Try again in a few seconds.';

/** Where a code was typed at a terminal, which is no address. */
const terminal = 'terminal';

/**
 * Checks a person's code. Every answer leaves an entry before it is given; when it cannot be written, nobody is
 * who they say. Whoever fails often waits, where they are: the person can always sign in from elsewhere.
 */
export function codeVerifier(parts: {
  readonly database: AccessDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
}): (person: string, code: string, source?: string) => Promise<Verified> {
  const people = readPeople(parts.database);
  const attempts = countAttempts();
  return (name, code, source = terminal) => {
    const person = name.trim().toLowerCase();
    const turn = attempts.inTurn(source, () => verify({ ...parts, people, attempts }, { person, code: code.slice(0, 200), source }));
    return turn ?? Promise.resolve({ ok: false, says: busy, retryAtMs: parts.clock() + busyMs });
  };
}

interface Verifying {
  readonly people: PeopleReader;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly attempts: Attempts;
}

async function verify(
  { people, recorder, clock, attempts }: Verifying,
  { person, code, source }: { readonly person: string; readonly code: string; readonly source: string },
): Promise<Verified> {
  const atMs = clock();
  const lockedUntilMs = attempts.lockedUntilMs(source, person, atMs);
  const row = await people.row(person);
  if (lockedUntilMs > 0) {
    await recorder.commit({ entries: [attempt(atMs, row && person, false, 'locked here after failed attempts')] });
    const says = `Too many wrong codes came from here; this place may try again at ${rfc3339(lockedUntilMs)}. Nothing was changed. From elsewhere, or by a one-time link (trapkey login --link), it works meanwhile.`;
    return { ok: false, says, retryAtMs: lockedUntilMs };
  }
  const matches = await matchesCode(code, row?.code_hash ?? nobody);
  if (!row || !matches) {
    // For a name that nobody has, too: the lock must not tell who is enrolled.
    attempts.failed(source, person, atMs);
    // A name that is not enrolled stays out of the record: anybody can make up any number of them.
    const entry = row ? attempt(atMs, person, false, 'wrong code') : attempt(atMs, undefined, false, 'nobody of that name is enrolled');
    await recorder.commit({
      entries: [entry],
      steps: async (tx) => {
        if (row) await addFailure(tx, person);
        return { ok: true };
      },
    });
    return { ok: false, says: wrong, retryAtMs: undefined };
  }
  const kept = isSlow(row.code_hash) ? hashCode(code) : row.code_hash;
  const committed = await recorder.commit({ entries: [attempt(atMs, person, true)], steps: (tx) => acceptCode(tx, row, kept) });
  if (committed.status !== 'committed')
    return { ok: false, says: 'The code was changed meanwhile. Nothing was changed. Try again.', retryAtMs: undefined };
  attempts.succeeded(source, person);
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
