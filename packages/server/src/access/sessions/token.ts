import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

const prefix = 'tks_';
const shape = /^tks_[A-Za-z0-9_-]{43}$/;

/** Keys of their own for each purpose, out of the one that every node on this database shares. */
export interface SessionKeys {
  readonly session: Uint8Array;
  readonly link: Uint8Array;
  readonly form: Uint8Array;
  /** 256 bits, for values that a browser keeps sealed. */
  readonly seal: Uint8Array;
}

/** Derives them. */
export function sessionKeys(tokens: Uint8Array): SessionKeys {
  const key = (purpose: string) => new Uint8Array(hkdfSync('sha256', tokens, '', `trapkey/sign-in/${purpose}/1`, 32));
  return { session: key('session'), link: key('link'), form: key('form'), seal: key('seal') };
}

/** 256 random bits. Only its keyed hash is ever stored. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A new session token; shown to nobody but the browser or file that keeps it. */
export function newSessionToken(): string {
  return prefix + newSecret();
}

/** Whether it has the form of one, so that nothing else is ever looked up. */
export function isSessionToken(text: string): boolean {
  return shape.test(text);
}

/** What is stored and compared instead of a secret. */
export function keyed(key: Uint8Array, secret: string): string {
  return createHmac('sha256', key).update(secret).digest('hex');
}

/** Compares in a time that does not depend on where they differ. */
export function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
