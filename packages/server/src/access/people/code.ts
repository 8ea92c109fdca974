import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { randomCrockford } from '../../kernel/ids.ts';

const groups = 5;
const groupLength = 5;
const keyBytes = 32;
/** 2^15 blocks of 1 KiB, three lanes: about 32 MiB and a third of a second on a small machine. */
const cost = { ln: 15, r: 8, p: 3 } as const;
const phc = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,86})\$([A-Za-z0-9+/]{43})$/;

/** A new credential of a person: 125 random bits in groups that a person can read out and type. Shown once. */
export function newCode(): string {
  return Array.from({ length: groups }, () => randomCrockford(groupLength)).join('-');
}

/** What was typed, as Crockford means it: case, spaces and dashes are free, O is 0, I and L are 1. */
function normal(typed: string): string {
  return typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

/** scrypt in PHC string format. */
export async function hashCode(code: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(code, salt, cost.ln, cost.r, cost.p);
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${unpadded(salt)}$${unpadded(key)}`;
}

/** False for a wrong code and for a stored string that cannot be read or asks for absurd work. */
export async function matchesCode(typed: string, stored: string): Promise<boolean> {
  const [, ln, r, p, salt, hash] = phc.exec(stored) ?? [];
  if (ln === undefined || salt === undefined || hash === undefined || Number(ln) > 20 || Number(r) > 32 || Number(p) > 16) return false;
  const key = await derive(typed, Buffer.from(salt, 'base64'), Number(ln), Number(r), Number(p));
  return timingSafeEqual(key, Buffer.from(hash, 'base64'));
}

/** Stands in for a person who is not enrolled, so that the answer takes as long as for one who is. */
export const nobody = `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function derive(code: string, salt: Buffer, ln: number, r: number, p: number): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
  return new Promise((resolve, reject) => {
    scrypt(normal(code), salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
