import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import type { Keys } from './keys.ts';
import { privateKeyOf, verifierKey } from './note.ts';

/** What signs this record's checkpoints, and what an auditor keeps to check them. */
export interface Signer {
  /** Name of the log and of its key: `trapkey/` and the start of the public key's digest, so that no two records share it. */
  readonly origin: string;
  readonly privateKey: KeyObject;
  /** `name+hash+base64`, as `record verify --key` takes it. */
  readonly publicKey: string;
}

/** The signer of these keys. */
export function signerOf({ signing }: Pick<Keys, 'signing'>): Signer {
  const privateKey = privateKeyOf(signing);
  const digest = hash('sha256', createPublicKey(privateKey).export({ format: 'der', type: 'spki' }), 'hex');
  const origin = `trapkey/${digest.slice(0, 16)}`;
  return { origin, privateKey, publicKey: verifierKey(origin, privateKey) };
}
