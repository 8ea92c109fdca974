import type { Json } from '@trapkey/contract/json.ts';
import { UserError } from '../../kernel/errors.ts';
import { algorithms, challenges, changeOf, mustBeFresh, notTaken, type PasskeyParts, partyOf, refused } from './challenge.ts';
import type { Passkeys } from './passkeys.ts';
import type { PasskeyReader } from './read.ts';
import { insertPasskey } from './store.ts';
import { webauthn } from './webauthn.ts';

const passkeysMax = 20;

/** Adding a passkey. */
export function registering(parts: PasskeyParts, reader: PasskeyReader): Pick<Passkeys, 'askToRegister' | 'register'> {
  const { recorder, clock } = parts;
  const challenge = challenges(parts, 'register');
  return {
    async askToRegister(signed, at) {
      mustBeFresh(signed, clock());
      const known = await reader.of(signed.who.person);
      if (known.length >= passkeysMax) throw new UserError(`There are ${passkeysMax} passkeys already.`, 'Remove one first.');
      const { generateRegistrationOptions } = await webauthn();
      const options = await generateRegistrationOptions({
        rpName: 'Trapkey',
        rpID: partyOf(at),
        userName: signed.who.person,
        attestationType: 'none',
        excludeCredentials: known.map(({ id }) => ({ id })),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        supportedAlgorithmIDs: [...algorithms],
      });
      return { options: options as unknown as Json, sealed: await challenge.close(signed, options.challenge) };
    },
    async register(signed, at, { sealed, response, label }) {
      mustBeFresh(signed, clock());
      const { verifyRegistrationResponse } = await webauthn();
      const verified = await verifyRegistrationResponse({
        response: response as never,
        expectedChallenge: await challenge.open(signed, sealed),
        expectedOrigin: at.origin,
        expectedRPID: partyOf(at),
        supportedAlgorithmIDs: [...algorithms],
      }).catch(refused);
      if (!verified.verified) throw notTaken('it does not verify');
      const { id, publicKey, counter } = verified.registrationInfo.credential;
      const words = label
        .replaceAll(/[\p{C}\s]+/gu, ' ')
        .trim()
        .slice(0, 60);
      const row = { id, person: signed.who.person, public_key: publicKey, counter, label: words || 'Passkey', created_at_ms: clock() };
      const entries = [changeOf(signed, clock(), 'passkey.registered', id)];
      const committed = await recorder.commit({ entries, steps: (tx) => insertPasskey(tx, row) });
      if (committed.status !== 'committed') throw notTaken('it is registered already');
    },
  };
}
