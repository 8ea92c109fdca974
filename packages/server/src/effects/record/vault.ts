import { createSecretKey, type KeyObject, randomBytes, randomFillSync } from 'node:crypto';
import type { Json } from '@trapkey/contract/json.ts';
import { randomCrockford } from '../../kernel/ids.ts';
import type { Sealed } from '../../kernel/recorder.ts';
import { column } from './canonical.ts';
import { canonicalText, encrypt, ivBytes, keyBytes, payloadDigest, saltBytes, wrapKey } from './sealing.ts';

/** Seals payloads, one data key a run, so that erasing a run is destroying its key. */
export interface Vault {
  seal(run: string, payload: Json): Sealed;
  /** These were committed; their keys need not be written again. */
  written(sealed: readonly Sealed[]): void;
}

interface DataKey {
  readonly id: string;
  readonly key: KeyObject;
  readonly wrapped: Uint8Array;
  durable: boolean;
  seals: number;
}

/** `sealsPerKeyMax` keeps random nonces far from their limit; a run that outlives it gets another key. */
export function openVault({ master, runsCachedMax = 5_000, sealsPerKeyMax = 2 ** 24 }: VaultOptions): Vault {
  const keys = new Map<string, DataKey>();
  const byId = new Map<string, DataKey>();
  const random = randomPool();
  const keyOf = (run: string): DataKey => {
    const cached = keys.get(run);
    if (cached && cached.seals < sealsPerKeyMax) return cached;
    const id = `K-${randomCrockford(26)}`;
    const key = randomBytes(keyBytes);
    const fresh = { id, key: createSecretKey(key), wrapped: wrapKey(master, id, key), durable: false, seals: 0 };
    if (keys.size >= runsCachedMax) forgetOldest(keys, byId);
    if (cached) byId.delete(cached.id);
    keys.set(run, fresh);
    byId.set(id, fresh);
    return fresh;
  };
  return {
    seal: (given, payload) => {
      const run = column(given);
      const known = keyOf(run);
      known.seals++;
      const salted = withSalt(random(saltBytes), canonicalText(payload));
      const digest = payloadDigest(salted);
      const iv = random(ivBytes);
      const newKey = known.durable ? undefined : { id: known.id, run, wrapped: known.wrapped };
      return { digest, keyId: known.id, iv, bytes: encrypt(known.key, iv, digest, salted), newKey };
    },
    written: (sealed) => {
      for (const { newKey } of sealed) {
        const known = newKey && byId.get(newKey.id);
        if (known) known.durable = true;
      }
    },
  };
}

interface VaultOptions {
  readonly master: Uint8Array;
  readonly runsCachedMax?: number;
  readonly sealsPerKeyMax?: number;
}

/** Drops the run whose key was made first: a later call of it gets another key, which costs a row and nothing else. */
function forgetOldest(keys: Map<string, DataKey>, byId: Map<string, DataKey>): void {
  const [oldest] = keys;
  if (!oldest) return;
  keys.delete(oldest[0]);
  byId.delete(oldest[1].id);
}

/** Hashed and encrypted before anything else is sealed, so that one buffer serves all but the large ones. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);

function withSalt(salt: Uint8Array, text: string): Uint8Array {
  // UTF-8 needs at most three bytes for a unit of the text.
  const buffer = saltBytes + text.length * 3 <= scratch.length ? scratch : Buffer.allocUnsafe(saltBytes + Buffer.byteLength(text));
  buffer.set(salt);
  return buffer.subarray(0, saltBytes + buffer.write(text, saltBytes));
}

/** Random bytes drawn from the system many at a time: asking for each is dearer than the encryption. */
function randomPool(): (bytes: number) => Buffer {
  let pool = Buffer.alloc(0);
  let at = 0;
  return (bytes) => {
    if (at + bytes > pool.length) {
      pool = randomFillSync(Buffer.allocUnsafeSlow(8_192));
      at = 0;
    }
    at += bytes;
    return pool.subarray(at - bytes, at);
  };
}
