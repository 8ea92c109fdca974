import type { Json } from '@trapkey/contract/json.ts';
import { challenges, notTaken, type PasskeyParts, partyOf, refused } from './challenge.ts';
import type { Passkeys } from './passkeys.ts';
import type { PasskeyReader } from './read.ts';
import { countUse } from './store.ts';
import { webauthn } from './webauthn.ts';

/** Showing a passkey. */
export function proving(parts: PasskeyParts, reader: PasskeyReader): Pick<Passkeys, 'askToProve' | 'prove'> {
  const challenge = challenges(parts, 'prove');
  return {
    async askToProve(signed, at) {
      const known = await reader.of(signed.who.person);
      const { generateAuthenticationOptions } = await webauthn();
      const options = await generateAuthenticationOptions({
        rpID: partyOf(at),
        userVerification: 'required',
        allowCredentials: known.map(({ id }) => ({ id })),
      });
      return { options: options as unknown as Json, sealed: await challenge.close(signed, options.challenge) };
    },
    async prove(signed, at, { sealed, response }) {
      const id = (response as { readonly id?: unknown } | null)?.id;
      const known = typeof id === 'string' ? await reader.one(id, signed.who.person) : undefined;
      if (!known) throw notTaken('it is not a passkey of yours');
      const { verifyAuthenticationResponse } = await webauthn();
      const verified = await verifyAuthenticationResponse({
        response: response as never,
        expectedChallenge: await challenge.open(signed, sealed),
        expectedOrigin: at.origin,
        expectedRPID: partyOf(at),
        credential: { id: known.id, publicKey: new Uint8Array(known.public_key), counter: known.counter },
      }).catch(refused);
      if (!verified.verified) throw notTaken('it does not verify');
      const begun = await parts.sessions.prove(signed, 'passkey', (tx) => countUse(tx, known, verified.authenticationInfo.newCounter));
      if (!begun) throw notTaken('it was used already, or the session ended');
      return begun;
    },
  };
}
