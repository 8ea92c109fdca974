import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

const flags = { present: 0x01, verified: 0x04, attested: 0x40 };

/** A passkey in software: makes a key, and signs what a browser would have it sign. */
export interface Authenticator {
  create(options: { readonly challenge: string; readonly rp: { readonly id: string } }, origin: string): Record<string, unknown>;
  get(
    options: { readonly challenge: string; readonly rpId: string },
    origin: string,
    how?: { readonly verified?: boolean; readonly counter?: number },
  ): Record<string, unknown>;
}

/** Makes one, with a key of its own (ES256). */
export function authenticator(): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const id = randomBytes(16);
  let counter = 0;
  const base = () => ({ id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key', clientExtensionResults: {} });
  const client = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const head = (rpId: string, bits: number, count: number) => {
    const counted = Buffer.alloc(4);
    counted.writeUInt32BE(count);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([bits]), counted]);
  };
  return {
    create(options, origin) {
      const key = new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, new Uint8Array(Buffer.from(jwk.x as string, 'base64url'))],
        [-3, new Uint8Array(Buffer.from(jwk.y as string, 'base64url'))],
      ]);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const authData = Buffer.concat([
        head(options.rp.id, flags.present | flags.verified | flags.attested, counter),
        Buffer.alloc(16),
        length,
        id,
        Buffer.from(isoCBOR.encode(key as never)),
      ]);
      const object = isoCBOR.encode(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', new Uint8Array(authData)],
        ]) as never,
      );
      const clientDataJSON = client('webauthn.create', options.challenge, origin).toString('base64url');
      return { ...base(), response: { clientDataJSON, attestationObject: Buffer.from(object).toString('base64url'), transports: [] } };
    },
    get(options, origin, { verified = true, counter: count = ++counter } = {}) {
      const authData = head(options.rpId, flags.present | (verified ? flags.verified : 0), count);
      const data = client('webauthn.get', options.challenge, origin);
      const signed = createSign('sha256').update(Buffer.concat([authData, createHash('sha256').update(data).digest()]));
      const text = (bytes: Buffer) => bytes.toString('base64url');
      return {
        ...base(),
        response: { clientDataJSON: text(data), authenticatorData: text(authData), signature: text(signed.sign(privateKey)) },
      };
    },
  };
}
