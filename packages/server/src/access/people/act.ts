import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { ProvenPerson } from '../../kernel/approvals.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import { type Enrolled, roles as everyRole, type People, type Role } from '../../kernel/people.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { endSessionsOf } from '../sessions/store.ts';
import { hashCode, newCode } from './code.ts';
import { type AccessDatabase, isRole, readPeople } from './read.ts';
import { insertPerson, replaceCode } from './store.ts';
import { codeVerifier } from './verify.ts';

const personMax = 254;

/** Opens the door to people's credentials. */
export function openPeople(parts: { readonly database: AccessDatabase; readonly recorder: Recorder; readonly clock: Clock }): People {
  const { recorder, clock } = parts;
  const add = async (name: string, roles: readonly Role[], by: string | undefined): Promise<Enrolled> => {
    const person = personId(name);
    const code = newCode();
    const row = {
      person,
      roles: roles.join(' '),
      code_hash: hashCode(code),
      enrolled_at_ms: clock(),
      enrolled_by: by ?? person,
      failures: 0,
      locked_until_ms: 0,
    };
    const entry = change(clock(), 'credential.enrolled', person, by, `roles ${roles.join(', ') || 'none'}`);
    const committed = await recorder.commit({ entries: [entry], steps: (tx) => insertPerson(tx, row, by === undefined) });
    if (committed.status === 'committed') return { person, code };
    if (by === undefined)
      throw new UserError(
        'Somebody is enrolled already; the first credential is given once.',
        'Ask an administrator to run `trapkey enroll <person>`.',
      );
    throw new UserError(`${person} is enrolled already.`, 'To give a new code: `trapkey enroll --rotate <person>`.');
  };
  return {
    enrollFirst: (person) => add(person, ['administrator', 'approver'], undefined),
    async enroll(person, words, by) {
      mustAdminister(by, 'Enrolling people');
      const strange = words.find((word) => !isRole(word));
      if (strange !== undefined)
        throw new UserError(`\`${strange}\` is not a role.`, `The roles are ${Object.keys(everyRole).join(', ')}.`);
      return await add(person, [...new Set(words.filter(isRole))], by.person);
    },
    async rotate(name, by) {
      const person = personId(name);
      if (person !== by.person) mustAdminister(by, "Replacing somebody else's code");
      const code = newCode();
      const hash = hashCode(code);
      const entry = change(clock(), 'credential.rotated', person, by.person);
      const committed = await recorder.commit({
        entries: [entry],
        steps: async (tx) => {
          await endSessionsOf(tx, person, clock());
          return await replaceCode(tx, person, hash);
        },
      });
      if (committed.status !== 'committed')
        throw new UserError(`${person} is not enrolled.`, 'Enroll them with `trapkey enroll <person>`.');
      return { person, code };
    },
    verifyCode: codeVerifier(parts),
    list: () => readPeople(parts.database).list(),
  };
}

/** Refuses, in words, what only an administrator may do. */
export function mustAdminister(by: ProvenPerson, what: string): void {
  if (by.roles.includes('administrator')) return;
  throw new UserError(
    `${what} needs an administrator, and ${by.person} is not one. Nothing was changed.`,
    'Ask an administrator to run the command.',
  );
}

/** How a person is written everywhere: lower case, no spaces or control characters. */
function personId(name: string): string {
  const person = name.trim().toLowerCase();
  if (person === '' || person.length > personMax || /[\s\p{C}]/u.test(person)) {
    throw new UserError(
      `\`${name.slice(0, 80)}\` cannot be the id of a person.`,
      'Use an address or a short name without spaces, such as j.rivera@corp.example.',
    );
  }
  return person;
}

function change(atMs: number, action: string, person: string, by: string | undefined, detail?: string): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action,
    // The first is enrolled by nobody but themselves, and nothing proves that.
    on_behalf_of: by ?? person,
    subject: `person:${person}`,
    assurance: { on_behalf_of: by === undefined ? 'claimed' : 'proved' },
    ...(detail !== undefined && { detail }),
  };
}
