import { isIP } from 'node:net';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Json } from '@trapkey/contract/json.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { type Begun, isFresh, type Signed } from '../../kernel/sessions.ts';
import type { AccessDatabase } from '../people/read.ts';
import type { OpenSessions } from '../sessions/act.ts';
import { sealWith } from '../sessions/seal.ts';
import { sessionKeys } from '../sessions/token.ts';
import { readPasskeys } from './read.ts';
import { countUse, deletePasskey, insertPasskey } from './store.ts';

const passkeysMax = 20;

/** A passkey as its holder sees it. */
export interface PasskeyView {
  readonly id: string;
  readonly label: string;
  readonly createdAtMs: number;
}

/** What a browser is asked, and the sealed challenge that it brings back with the answer. */
export interface Challenge {
  readonly options: Json;
  readonly sealed: string;
}

/** What a browser answered; the library checks every part of it. */
export interface ChallengeAnswer {
  readonly sealed: string;
  readonly response: unknown;
}

/** Passkeys: registered by somebody who just showed a credential, used to show one again. */
export interface Passkeys {
  list(person: string): Promise<readonly PasskeyView[]>;
  askToRegister(signed: Signed, at: URL): Promise<Challenge>;
  register(signed: Signed, at: URL, answer: ChallengeAnswer & { readonly label: string }): Promise<void>;
  askToProve(signed: Signed, at: URL): Promise<Challenge>;
  /** The session goes on under a new token; the challenge was bound to the old one, so it serves once. */
  prove(signed: Signed, at: URL, answer: ChallengeAnswer): Promise<Begun>;
  remove(signed: Signed, id: string): Promise<void>;
}

interface Parts {
  readonly database: AccessDatabase;
  readonly recorder: Recorder;
  readonly keys: { readonly tokens: Uint8Array };
  readonly clock: Clock;
  readonly sessions: Pick<OpenSessions, 'prove'>;
}

/** Opens the passkeys of one database. */
export function openPasskeys(parts: Parts): Passkeys {
  const { database, recorder, clock, sessions } = parts;
  const reader = readPasskeys(database);
  const seal = sealWith(sessionKeys(parts.keys.tokens).seal);
  const challenge = (purpose: string, signed: Signed, text: string) => seal.close(purpose, { text, session: signed.hash }, clock());
  const opened = async (purpose: string, signed: Signed, sealed: string): Promise<string> => {
    const value = await seal.open(purpose, sealed, clock());
    if (value?.['session'] !== signed.hash || typeof value['text'] !== 'string')
      throw notTaken('it is not an answer to what was asked here');
    return value['text'];
  };
  const change = (signed: Signed, action: string, detail: string) => ({
    timestamp: rfc3339(clock()),
    kind: 'admin' as const,
    action,
    on_behalf_of: signed.who.person,
    subject: `person:${signed.who.person}`,
    assurance: { on_behalf_of: 'proved' as const },
    detail,
  });
  return {
    list: async (person) => (await reader.of(person)).map(({ id, label, created_at_ms }) => ({ id, label, createdAtMs: created_at_ms })),
    async askToRegister(signed, at) {
      mustBeFresh(signed, clock());
      const known = await reader.of(signed.who.person);
      if (known.length >= passkeysMax) throw new UserError(`There are ${passkeysMax} passkeys already.`, 'Remove one first.');
      const options = await generateRegistrationOptions({
        rpName: 'Trapkey',
        rpID: partyOf(at),
        userName: signed.who.person,
        attestationType: 'none',
        excludeCredentials: known.map(({ id }) => ({ id })),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      });
      return { options: options as unknown as Json, sealed: await challenge('register', signed, options.challenge) };
    },
    async register(signed, at, { sealed, response, label }) {
      mustBeFresh(signed, clock());
      const verified = await verifyRegistrationResponse({
        response: response as never,
        expectedChallenge: await opened('register', signed, sealed),
        expectedOrigin: at.origin,
        expectedRPID: partyOf(at),
      }).catch(refused);
      if (!verified.verified) throw notTaken('it does not verify');
      const { id, publicKey, counter } = verified.registrationInfo.credential;
      const words =
        label
          .replaceAll(/[\p{C}\s]+/gu, ' ')
          .trim()
          .slice(0, 60) || 'Passkey';
      const row = { id, person: signed.who.person, public_key: publicKey, counter, label: words, created_at_ms: clock() };
      const entries = [change(signed, 'passkey.registered', id.slice(0, 24))];
      const committed = await recorder.commit({ entries, steps: (tx) => insertPasskey(tx, row) });
      if (committed.status !== 'committed') throw notTaken('it is registered already');
    },
    async askToProve(signed, at) {
      const known = await reader.of(signed.who.person);
      const options = await generateAuthenticationOptions({
        rpID: partyOf(at),
        userVerification: 'required',
        allowCredentials: known.map(({ id }) => ({ id })),
      });
      return { options: options as unknown as Json, sealed: await challenge('prove', signed, options.challenge) };
    },
    async prove(signed, at, { sealed, response }) {
      const id = (response as { readonly id?: unknown } | null)?.id;
      const known = typeof id === 'string' ? await reader.one(id, signed.who.person) : undefined;
      if (!known) throw notTaken('it is not a passkey of yours');
      const verified = await verifyAuthenticationResponse({
        response: response as never,
        expectedChallenge: await opened('prove', signed, sealed),
        expectedOrigin: at.origin,
        expectedRPID: partyOf(at),
        credential: { id: known.id, publicKey: new Uint8Array(known.public_key), counter: known.counter },
      }).catch(refused);
      if (!verified.verified) throw notTaken('it does not verify');
      const begun = await sessions.prove(signed, 'passkey', (tx) => countUse(tx, known, verified.authenticationInfo.newCounter));
      if (!begun) throw notTaken('it was used already, or the session ended');
      return begun;
    },
    async remove(signed, id) {
      mustBeFresh(signed, clock());
      const entries = [change(signed, 'passkey.removed', id.slice(0, 24))];
      const committed = await recorder.commit({ entries, steps: (tx) => deletePasskey(tx, id, signed.who.person) });
      if (committed.status !== 'committed') throw new UserError('There is no such passkey of yours. Nothing was changed.');
    },
  };
}

/** Passkeys belong to a name; to an address of numbers browsers give none. */
function partyOf(at: URL): string {
  const host = at.hostname.replaceAll(/[[\]]/g, '');
  if (isIP(host) === 0) return host;
  const local = host === '127.0.0.1' || host === '::1';
  throw new UserError(
    'A browser makes passkeys only for a host name, and this page was opened by a number.',
    local ? `Open http://localhost:${at.port} instead.` : 'Open it by its name.',
  );
}

function mustBeFresh(signed: Signed, atMs: number): void {
  if (!isFresh(signed.who, atMs))
    throw new UserError('Passkeys are changed by somebody who just showed a credential. Nothing was changed.', 'Show it at /prove.');
}

function refused(error: unknown): never {
  throw notTaken(error instanceof Error ? error.message : String(error));
}

function notTaken(why: string): UserError {
  return new UserError(`The passkey was not taken: ${why.slice(0, 200)}. Nothing was changed.`, 'Try again, or use your code.');
}
