import { isUtf8 } from 'node:buffer';
import type { Json } from '@trapkey/contract/json.ts';
import { locateOffence } from './ijson-offence.ts';

/** A value as I-JSON (RFC 7493) allows it, or the first offence with its place. */
export type IJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly says: string };

const surrogateEscape = /\\u[dD][89a-fA-F]/;

/**
 * Parses I-JSON strictly: what is decided must be what any other reader of the same bytes would see. The fast way is
 * JSON.parse, one scan of the text and one walk of the value; only an offence is located with the slow reader.
 */
export function parseIJson(input: Uint8Array | string, depthMax = 64): IJson {
  if (typeof input !== 'string' && !isUtf8(input)) return { ok: false, says: 'it is not valid UTF-8' };
  const text = typeof input === 'string' ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('utf8');
  const colons = countColons(text, depthMax);
  if (colons >= 0) {
    try {
      const value = JSON.parse(text) as Json;
      // A duplicate key has a colon in the text and no place in the value.
      const walk = { keys: 0, surrogates: typeof input === 'string' || surrogateEscape.test(text) };
      if (clean(value, walk) && walk.keys === colons) return { ok: true, value };
    } catch {
      // Located below, with its position.
    }
  }
  return { ok: false, says: locateOffence(text, depthMax) ?? 'it is not I-JSON' };
}

/** Whether a value that was parsed elsewhere is one that I-JSON can say: what it lost there shows in the value. */
export function isIJson(value: Json): boolean {
  return clean(value, { keys: 0, surrogates: true });
}

/** Colons outside strings, or -1 when it is nested too deeply. Harmless on text that is no JSON. */
function countColons(text: string, depthMax: number): number {
  let colons = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      i = endOfString(text, i);
      if (i < 0) return colons;
    } else if (c === 0x3a) colons++;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > depthMax) return -1;
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  return colons;
}

/** Index of the quote that closes the string opened at `start`, or -1. Linear: each run of backslashes is looked at once. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return -1;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end;
  }
}

function clean(value: Json, walk: { keys: number; readonly surrogates: boolean }): boolean {
  if (typeof value === 'string') return !walk.surrogates || value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (!clean(item, walk)) return false;
    return true;
  }
  for (const key of Object.keys(value)) {
    walk.keys++;
    if (key === '__proto__' || (walk.surrogates && !key.isWellFormed())) return false;
    if (!clean((value as { readonly [key: string]: Json })[key] as Json, walk)) return false;
  }
  return true;
}
