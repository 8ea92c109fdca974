import { randomBytes } from 'node:crypto';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const hex = '0123456789abcdef';

// One call of the generator costs more than the bytes that a call needs; each byte is used once.
let random = randomBytes(0);
let used = 0;

/** Random Crockford characters; 5 bits each, from the system's generator. */
export function randomCrockford(length: number): string {
  return randomOf(crockford, length);
}

/** Random hexadecimal characters; 4 bits each, from the system's generator. */
export function randomHex(length: number): string {
  return randomOf(hex, length);
}

/** `alphabet` has 16 or 32 characters. */
function randomOf(alphabet: string, length: number): string {
  if (used + length > random.length) {
    random = randomBytes(Math.max(4_096, length));
    used = 0;
  }
  let out = '';
  for (const end = used + length; used < end; used++) out += alphabet[(random[used] as number) & (alphabet.length - 1)];
  return out;
}

/** An id of a ticket (`TK-`), batch (`B-`), grant (`G-`), run (`R-`), alert (`A-`), undo (`U-`) or access token (`AT-`). An id is never a capability. */
export function newId(prefix: 'TK' | 'B' | 'G' | 'R' | 'S' | 'Q' | 'A' | 'AT' | 'U' | 'AU' | 'WM'): string {
  return `${prefix}-${randomCrockford(10)}`;
}

/** A call id that sorts by time (ULID layout: 48 bits of milliseconds, 80 random bits). */
export function newCallId(atMs: number): string {
  let head = '';
  let rest = atMs;
  for (let i = 0; i < 10; i++) {
    head = crockford[rest % 32] + head;
    rest = Math.floor(rest / 32);
  }
  return head + randomCrockford(16);
}
