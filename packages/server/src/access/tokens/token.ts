import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

const prefix = 'tk_';
const tokenBytes = 32;
const shape = /^tk_[A-Za-z0-9_-]{43}$/;

/** A new token: 256 random bits. Shown once, never stored and never logged. */
export function mintToken(): string {
  return prefix + randomBytes(tokenBytes).toString('base64url');
}

/** Whether a bearer claims to be one of Trapkey's own tokens, as opposed to a JWT. */
export function claimsToBeToken(bearer: string): boolean {
  return bearer.startsWith(prefix);
}

/** Whether it has the form of one, so that nothing else is ever looked up. */
export function isToken(bearer: string): boolean {
  return shape.test(bearer);
}

/** What is stored and looked up instead of the token: without the key, a stolen database lets nobody guess or try one. */
export function hashToken(key: Uint8Array, token: string): string {
  return createHmac('sha256', key).update(token).digest('hex');
}

/** The same, remembered by a plain digest of the token: one HMAC costs ten times as much, on every call. */
export function tokenHasher(key: Uint8Array, rememberedMax = 20_000): (token: string) => string {
  const remembered = new Map<string, string>();
  return (token) => {
    const name = hash('sha256', token, 'base64');
    const found = remembered.get(name);
    if (found !== undefined) return found;
    if (remembered.size >= rememberedMax) remembered.delete(remembered.keys().next().value as string);
    const hashed = hashToken(key, token);
    remembered.set(name, hashed);
    return hashed;
  };
}

/** Compares two hashes in a time that does not depend on where they differ. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, 'hex');
  const right = Buffer.from(b, 'hex');
  return left.length === right.length && timingSafeEqual(left, right);
}
