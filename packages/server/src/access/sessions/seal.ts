import { EncryptJWT, jwtDecrypt } from 'jose';

/** A value that a browser keeps for us for a few minutes and can neither read nor change. */
export interface Seal {
  close(purpose: string, value: Readonly<Record<string, unknown>>, atMs: number): Promise<string>;
  /** Nothing when it is forged, too old, or was sealed for something else. */
  open(purpose: string, sealed: string | undefined, atMs: number): Promise<Readonly<Record<string, unknown>> | undefined>;
}

const lastsForMs = 10 * 60_000;

/** Seals with AES-256-GCM. */
export function sealWith(key: Uint8Array): Seal {
  return {
    close: (purpose, value, atMs) =>
      new EncryptJWT({ value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(purpose)
        .setExpirationTime(Math.floor((atMs + lastsForMs) / 1_000))
        .encrypt(key),
    async open(purpose, sealed, atMs) {
      if (sealed === undefined) return undefined;
      try {
        const { payload } = await jwtDecrypt(sealed, key, {
          audience: purpose,
          currentDate: new Date(atMs),
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          requiredClaims: ['exp'],
        });
        return payload['value'] as Readonly<Record<string, unknown>>;
      } catch {
        return undefined;
      }
    },
  };
}
