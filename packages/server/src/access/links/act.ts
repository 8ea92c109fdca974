import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { Begun, SignInLinks } from '../../kernel/sessions.ts';
import type { AccessDatabase } from '../people/read.ts';
import type { OpenSessions } from '../sessions/act.ts';
import { keyed, newSecret, sessionKeys } from '../sessions/token.ts';
import { personOfLink } from './read.ts';
import { insertLink, spendLink } from './store.ts';

const lastsForMs = 10 * 60_000;
const shape = /^[A-Za-z0-9_-]{43}$/;

/** Links that sign in once. */
export interface OpenLinks extends SignInLinks {
  /** Whom it would sign in; looking spends nothing, because mail scanners look. */
  lookAt(secret: string): Promise<string | undefined>;
  /** Signs in and spends it, in one transaction; nothing when it is over. */
  spend(secret: string, replaces: string | undefined): Promise<Begun | undefined>;
}

/** Opens the links of one database. */
export function openLinks(parts: {
  readonly database: AccessDatabase;
  readonly recorder: Recorder;
  readonly keys: { readonly tokens: Uint8Array };
  readonly clock: Clock;
  readonly sessions: Pick<OpenSessions, 'begin'>;
}): OpenLinks {
  const { database, recorder, clock, sessions } = parts;
  const key = sessionKeys(parts.keys.tokens).link;
  const lookAt = async (secret: string) => (shape.test(secret) ? await personOfLink(database, keyed(key, secret), clock()) : undefined);
  return {
    lookAt,
    async make(by) {
      const [person, assurance] = 'setup' in by ? [by.setup, 'claimed' as const] : [by.person, 'proved' as const];
      const [secret, atMs] = [newSecret(), clock()];
      const expiresAtMs = atMs + lastsForMs;
      await recorder.commit({
        entries: [
          {
            timestamp: rfc3339(atMs),
            kind: 'admin',
            action: 'link.made',
            on_behalf_of: person,
            subject: `person:${person}`,
            assurance: { on_behalf_of: assurance },
          },
        ],
        steps: (tx) => insertLink(tx, { hash: keyed(key, secret), person, created_at_ms: atMs, expires_at_ms: expiresAtMs }),
      });
      return { path: `/sign-in/link?link=${secret}`, person, expiresAtMs };
    },
    async spend(secret, replaces) {
      const person = await lookAt(secret);
      if (person === undefined) return undefined;
      return await sessions.begin({ person, via: 'link', fresh: false, replaces }, (tx) => spendLink(tx, keyed(key, secret), clock()));
    },
  };
}
