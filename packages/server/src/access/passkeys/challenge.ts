import { isIP } from 'node:net';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { isFresh, type Signed } from '../../kernel/sessions.ts';
import type { AccessDatabase } from '../people/read.ts';
import type { OpenSessions } from '../sessions/act.ts';
import { sealWith } from '../sessions/seal.ts';
import { sessionKeys } from '../sessions/token.ts';

/** What passkeys work with. */
export interface PasskeyParts {
  readonly database: AccessDatabase;
  readonly recorder: Recorder;
  readonly keys: { readonly tokens: Uint8Array };
  readonly clock: Clock;
  readonly sessions: Pick<OpenSessions, 'prove'>;
}

/** ES256, EdDSA, RS256: what authenticators make. */
export const algorithms: readonly number[] = [-7, -8, -257];

/** Seals a challenge to one session and purpose, and opens it again for nothing else. */
export function challenges({ keys, clock }: Pick<PasskeyParts, 'keys' | 'clock'>, purpose: 'register' | 'prove') {
  const seal = sealWith(sessionKeys(keys.tokens).seal);
  return {
    close: (signed: Signed, text: string) => seal.close(purpose, { text, session: signed.hash }, clock()),
    async open(signed: Signed, sealed: string): Promise<string> {
      const value = await seal.open(purpose, sealed, clock());
      if (value?.['session'] === signed.hash && typeof value['text'] === 'string') return value['text'];
      throw notTaken('it is not an answer to what was asked here');
    },
  };
}

/** Passkeys belong to a name; to an address of numbers browsers give none. */
export function partyOf(at: URL): string {
  const host = at.hostname.replaceAll(/[[\]]/g, '');
  if (isIP(host) === 0) return host;
  const local = host === '127.0.0.1' || host === '::1';
  throw new UserError(
    'A browser makes passkeys only for a host name, and this page was opened by a number.',
    local ? `Open http://localhost:${at.port} instead.` : 'Open it by its name.',
  );
}

/** Only somebody who just showed a credential adds or removes one. */
export function mustBeFresh(signed: Signed, atMs: number): void {
  if (isFresh(signed.who, atMs)) return;
  throw new UserError('Passkeys are changed by somebody who just showed a credential. Nothing was changed.', 'Show it at /prove.');
}

/** An entry about a passkey. */
export function changeOf(signed: Signed, atMs: number, action: string, id: string): EntryFields {
  const { person } = signed.who;
  const assurance = { on_behalf_of: 'proved' as const };
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action,
    on_behalf_of: person,
    subject: `person:${person}`,
    assurance,
    detail: id.slice(0, 24),
  };
}

/** What the library found wrong, in words. */
export function refused(error: unknown): never {
  throw notTaken(error instanceof Error ? error.message : String(error));
}

export function notTaken(why: string): UserError {
  return new UserError(`The passkey was not taken: ${why.slice(0, 200)}. Nothing was changed.`, 'Try again, or use your code.');
}
