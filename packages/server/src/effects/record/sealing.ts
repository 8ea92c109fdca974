import { createCipheriv, createDecipheriv, hash, type KeyObject, randomBytes } from 'node:crypto';
import type { Json } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';

/** The vault's format, AES-256-GCM everywhere: nonce of 12 bytes, tag of 16 at the end. It must not change. */
const cipher = 'aes-256-gcm';
export const ivBytes = 12;
export const keyBytes = 32;
export const saltBytes = 32;
const tagBytes = 16;

/** Encrypts; `bound` (the digest, or the key's id) must be the same to decrypt, so that rows cannot be swapped. A key used often comes as KeyObject: bytes cost three times as much. */
export function encrypt(key: Uint8Array | KeyObject, iv: Uint8Array, bound: string, plain: Uint8Array): Buffer {
  const sealing = createCipheriv(cipher, key, iv);
  sealing.setAAD(Buffer.from(bound));
  const body = sealing.update(plain);
  // Nothing is left over at the end of a stream cipher; the tag is made by it.
  sealing.final();
  const sealed = Buffer.allocUnsafe(body.length + tagBytes);
  sealed.set(body);
  sealed.set(sealing.getAuthTag(), body.length);
  return sealed;
}

/** Decrypts; throws when a byte was changed or the row is bound to something else. */
export function decrypt(key: Uint8Array, iv: Uint8Array, bound: string, bytes: Uint8Array): Buffer {
  const opening = createDecipheriv(cipher, key, iv, { authTagLength: tagBytes });
  opening.setAAD(Buffer.from(bound));
  opening.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  return Buffer.concat([opening.update(bytes.subarray(0, bytes.length - tagBytes)), opening.final()]);
}

/** A run's data key, as the database holds it. */
export function wrapKey(master: Uint8Array, id: string, key: Uint8Array): Uint8Array {
  const iv = randomBytes(ivBytes);
  return Buffer.concat([iv, encrypt(master, iv, id, key)]);
}

/** Reads it back; throws under another master key. */
export function unwrapKey(master: Uint8Array, id: string, wrapped: Uint8Array): Uint8Array {
  return decrypt(master, wrapped.subarray(0, ivBytes), id, wrapped.subarray(ivBytes));
}

/** `sha256:<hex>` over salt and canonical payload: what an entry says of a payload that it does not hold. */
export function payloadDigest(salted: Uint8Array): string {
  return `sha256:${hash('sha256', salted, 'hex')}`;
}

/** RFC 8785. Keys sorted and written by JSON.stringify, at a third of the library's cost, wherever that is the same text. */
export function canonicalText(payload: Json): string {
  const ordered = inOrder(payload);
  const text = ordered === irregular ? undefined : JSON.stringify(ordered);
  return text === undefined || text.includes('\\ud') ? (canonicalize(wellFormed(payload)) ?? 'null') : text;
}

const irregular = Symbol('irregular');

/** The value with its keys in order: itself where they are already, all the way down. */
function inOrder(value: Json | undefined): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'number' && !Number.isFinite(value) ? irregular : value;
  return Array.isArray(value) ? itemsInOrder(value) : fieldsInOrder(value as Readonly<Record<string, Json>>);
}

function itemsInOrder(items: readonly Json[]): unknown {
  let out: unknown[] | undefined;
  for (let at = 0; at < items.length; at++) {
    const item = inOrder(items[at]);
    if (item === irregular) return irregular;
    if (item !== items[at]) out ??= [...items];
    if (out) out[at] = item;
  }
  return out ?? items;
}

function fieldsInOrder(fields: Readonly<Record<string, Json>>): unknown {
  const keys = Object.keys(fields);
  let same = true;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string;
    const first = key.charCodeAt(0);
    // JavaScript moves keys that look like integers to the front, and `__proto__` is no key to it.
    if ((first >= 0x30 && first <= 0x39) || key === '__proto__') return irregular;
    if (at > 0 && (keys[at - 1] as string) > key) same = false;
  }
  if (!same) keys.sort();
  let out: Record<string, unknown> | undefined = same ? undefined : {};
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string;
    const item = inOrder(fields[key]);
    if (item === irregular) return irregular;
    if (!out && item !== fields[key]) {
      out = {};
      for (const before of keys.slice(0, at)) out[before] = fields[before];
    }
    if (out) out[key] = item;
  }
  return out ?? fields;
}

/** Half a surrogate pair is no text: it becomes U+FFFD, in keys too. */
function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.toWellFormed(), item === undefined ? null : wellFormed(item as Json)]),
  );
}
