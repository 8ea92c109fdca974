import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { randomCrockford } from '../../kernel/ids.ts';

const groups = 5;
const groupLength = 5;
const keyBytes = 32;
const hashed = /^\$sha256\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;
/** How codes were kept at first, in PHC string format. */
const slow = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,86})\$([A-Za-z0-9+/]{43})$/;

/** A new credential of a person: 125 random bits in groups that a person can read out and type. Shown once. */
export function newCode(): string {
  return Array.from({ length: groups }, () => randomCrockford(groupLength)).join('-');
}

/** What was typed, as Crockford means it: case, spaces and dashes are free, O is 0, I and L are 1. */
function normal(typed: string): string {
  return typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

/** A salted SHA-256: a random secret of 112 bits or more needs no slow hash (NIST SP 800-63B-4, 3.1.2.2); decision 0055. */
export function hashCode(code: string): string {
  const salt = randomBytes(16);
  return `$sha256$${unpadded(salt)}$${unpadded(digest(code, salt))}`;
}

/** False for a wrong code and for a stored string that cannot be read or asks for absurd work. */
export async function matchesCode(typed: string, stored: string): Promise<boolean> {
  const [, salt, hash] = hashed.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) return await matchesSlow(typed, stored);
  return timingSafeEqual(digest(typed, Buffer.from(salt, 'base64')), Buffer.from(hash, 'base64'));
}

/** Whether it is kept as codes were at first, so that it is to be kept anew once it is known. */
export const isSlow = (stored: string): boolean => slow.test(stored);

/** Stands in for a person who is not enrolled, so that the answer takes as long as for one who is. */
export const nobody = `$sha256$${'A'.repeat(22)}$${'A'.repeat(43)}`;

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function digest(code: string, salt: Buffer): Buffer {
  return createHash('sha256').update(salt).update(normal(code)).digest();
}

async function matchesSlow(typed: string, stored: string): Promise<boolean> {
  const [, ln, r, p, salt, hash] = slow.exec(stored) ?? [];
  if (ln === undefined || salt === undefined || hash === undefined || Number(ln) > 20 || Number(r) > 32 || Number(p) > 16) return false;
  const key = await derive(typed, Buffer.from(salt, 'base64'), { N: 2 ** Number(ln), r: Number(r), p: Number(p) });
  return timingSafeEqual(key, Buffer.from(hash, 'base64'));
}

function derive(code: string, salt: Buffer, cost: { readonly N: number; readonly r: number; readonly p: number }): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(normal(code), salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
