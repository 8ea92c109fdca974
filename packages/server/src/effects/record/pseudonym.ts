import { hash } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';

/** What a pseudonym stands for. */
export type NameKind = 'person' | 'source';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** base32 (RFC 4648, lower case, no padding) of SHA-256(salt ‖ kind ‖ 0x00 ‖ name). An auditor can check it once given the salt. */
export function pseudonymOf(salt: Uint8Array, kind: string, name: string): string {
  return base32(hash('sha256', Buffer.concat([salt, Buffer.from(`${kind}\0${name}`)]), 'buffer'));
}

function base32(bytes: Uint8Array): string {
  let [out, bits, held] = ['', 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) out += alphabet[(held >>> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? out + alphabet[(held << (5 - bits)) & 31] : out;
}

const personal = /^(human|self|break-glass):(.*)$/s;

/**
 * The entry with every name in it replaced. The only place that knows where names stand, so that writing them away
 * and reading them back cannot disagree.
 */
export function mapNames<T extends EntryFields>(entry: T, map: (kind: NameKind, name: string) => string): T {
  const { on_behalf_of, approval, data_sources } = entry;
  const [, kind, ids] = (typeof approval === 'string' && personal.exec(approval)) || [];
  return {
    ...entry,
    ...(on_behalf_of !== undefined && { on_behalf_of: map('person', on_behalf_of) }),
    ...(ids !== undefined && {
      approval: `${kind}:${ids
        .split(',')
        .map((id) => map('person', id))
        .join(',')}`,
    }),
    ...(data_sources !== undefined && { data_sources: data_sources.map((source) => map('source', source)) }),
  };
}
