import type { Json } from '@trapkey/contract/json.ts';
import type { Database } from '../../storage/database.ts';
import { decrypt, payloadDigest, saltBytes, unwrapKey } from './sealing.ts';

/** A payload taken out of the vault, with the salt that makes its digest. */
export interface Unsealed {
  readonly run: string;
  readonly payload: Json;
  readonly salt: Uint8Array;
}

/** Reads the vault. Whoever shows a payload to a person records that first. */
export interface Payloads {
  /** Undefined when it is not there any more: erased, or its key destroyed. Throws when it was changed. */
  find(digest: string): Promise<Unsealed | undefined>;
  /** Several at once, by digest; what is not there any more is missing. Throws when one was changed. */
  unsealMany(digests: readonly string[]): Promise<ReadonlyMap<string, Json>>;
  /** As `find`, for a payload that must be there. */
  unseal(digest: string): Promise<Json>;
}

/** Opens the vault for reading. */
export function openPayloads({ database, master }: { readonly database: Database; readonly master: Uint8Array }): Payloads {
  const find = async (digest: string): Promise<Unsealed | undefined> => {
    const row = await database.read
      .selectFrom('vault')
      .innerJoin('vault_keys', 'vault_keys.id', 'vault.key_id')
      .select(['vault.iv', 'vault.bytes', 'vault_keys.id', 'vault_keys.run', 'vault_keys.wrapped'])
      .where('vault.digest', '=', digest)
      .executeTakeFirst();
    if (!row) return undefined;
    const salted = decrypt(unwrapKey(master, row.id, row.wrapped), row.iv, digest, row.bytes);
    if (payloadDigest(salted) !== digest) throw new Error(`The payload ${digest} is not the one that was sealed`);
    return { run: row.run, payload: JSON.parse(salted.toString('utf8', saltBytes)) as Json, salt: salted.subarray(0, saltBytes) };
  };
  return {
    find,
    unsealMany: (digests) => unsealMany(database, master, digests),
    unseal: async (digest) => {
      const found = await find(digest);
      if (!found) throw new Error(`The payload ${digest} is not held any more`);
      return found.payload;
    },
  };
}

const atOnceMax = 500;

/** One query for many, and each data key unwrapped once. */
async function unsealMany(database: Database, master: Uint8Array, digests: readonly string[]): Promise<ReadonlyMap<string, Json>> {
  const payloads = new Map<string, Json>();
  const keys = new Map<string, Uint8Array>();
  for (let from = 0; from < digests.length; from += atOnceMax) {
    const rows = await database.read
      .selectFrom('vault')
      .innerJoin('vault_keys', 'vault_keys.id', 'vault.key_id')
      .select(['vault.digest', 'vault.iv', 'vault.bytes', 'vault_keys.id', 'vault_keys.wrapped'])
      .where('vault.digest', 'in', digests.slice(from, from + atOnceMax))
      .execute();
    for (const { digest, iv, bytes, id, wrapped } of rows) {
      const key = keys.get(id) ?? unwrapKey(master, id, wrapped);
      keys.set(id, key);
      const salted = decrypt(key, iv, digest, bytes);
      if (payloadDigest(salted) !== digest) throw new Error(`The payload ${digest} is not the one that was sealed`);
      payloads.set(digest, JSON.parse(salted.toString('utf8', saltBytes)) as Json);
    }
  }
  return payloads;
}
