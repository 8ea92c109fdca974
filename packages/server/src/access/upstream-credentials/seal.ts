import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Tokens of one grant. They are nowhere in the clear but in memory and on their way. */
export interface GrantTokens {
  readonly access: string;
  readonly refresh?: string | undefined;
}

const ivBytes = 12;
const tagBytes = 16;

/** Seals tokens with AES-256-GCM under a key of its own; bound to the grant, so that none can stand in another's row. */
export function grantSeal(master: Uint8Array) {
  const key = new Uint8Array(hkdfSync('sha256', master, '', 'trapkey/upstream-credentials/1', 32));
  const about = (grant: { readonly id: string; readonly connection: string; readonly person: string }) =>
    Buffer.from(JSON.stringify([grant.id, grant.connection, grant.person]));
  return {
    close(grant: Parameters<typeof about>[0], tokens: GrantTokens): string {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(about(grant));
      return Buffer.concat([iv, cipher.update(JSON.stringify(tokens)), cipher.final(), cipher.getAuthTag()]).toString('base64');
    },
    /** Throws when it was changed, or belongs to another grant. */
    open(grant: Parameters<typeof about>[0], sealed: string): GrantTokens {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes)).setAAD(about(grant));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return JSON.parse(
        Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8'),
      ) as GrantTokens;
    },
  };
}
export type GrantSeal = ReturnType<typeof grantSeal>;
