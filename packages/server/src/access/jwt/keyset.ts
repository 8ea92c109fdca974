import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Keys older than this are no keys: a provider that cannot be reached for a day may have withdrawn them. */
const keysOldestMs = 86_400_000;

/** The provider's public keys as last fetched. Reading them never leaves the machine. */
export interface KeySet {
  /** Finds a key for jose, or undefined when none were fetched yet or they are too old. */
  current(atMs: number): JWTVerifyGetKey | undefined;
  /** Changes with the keys: what was verified under another generation is verified again. */
  generation(): number;
  replace(keys: JSONWebKeySet, atMs: number): void;
  /** A token came with a key that is not here. */
  want(): void;
  onWanted(listener: () => void): void;
}

/** Holds the keys between the worker that fetches them and the calls that need them. */
export function holdKeys(): KeySet {
  let held: { readonly getKey: JWTVerifyGetKey; readonly text: string; fetchedAtMs: number } | undefined;
  let generation = 0;
  let wanted: () => void = () => undefined;
  return {
    current: (atMs) => (held && atMs - held.fetchedAtMs <= keysOldestMs ? held.getKey : undefined),
    generation: () => generation,
    replace(keys, atMs) {
      const text = JSON.stringify(keys);
      if (held?.text === text) held.fetchedAtMs = Math.max(held.fetchedAtMs, atMs);
      else {
        held = { getKey: createLocalJWKSet(keys), text, fetchedAtMs: atMs };
        generation++;
      }
    },
    want: () => wanted(),
    onWanted(listener) {
      wanted = listener;
    },
  };
}
