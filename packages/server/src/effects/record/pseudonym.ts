import { hash } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';

/** What a pseudonym stands for. */
export type NameKind = 'person' | 'source';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const characters = 26;

/** `P-` or `D-` and 26 Crockford characters of SHA-256(salt ‖ kind ‖ 0x00 ‖ name). An auditor can check it once given the salt. */
export function pseudonymOf(salt: Uint8Array, kind: string, name: string): string {
  const digest = hash('sha256', Buffer.concat([salt, Buffer.from(`${kind}\0${name}`)]), 'buffer');
  let [out, bits, held, at] = [kind === 'person' ? 'P-' : 'D-', 0, 0, 0];
  while (out.length < characters + 2) {
    if (bits < 5) [held, bits] = [((held << 8) | (digest[at++] ?? 0)) & 0xffff, bits + 8];
    bits -= 5;
    out += crockford[(held >>> bits) & 31];
  }
  return out;
}

/** How an `admin` entry names a person as its subject. */
const person = 'person:';
const personal = /^(human|self|break-glass):(.*)$/s;

/**
 * The entry with every name in it replaced. The only place that knows where names stand, so that writing them away
 * and reading them back cannot disagree.
 */
export function mapNames<T extends EntryFields>(entry: T, map: (kind: NameKind, name: string) => string): T {
  const { on_behalf_of, approval, data_sources, subject } = entry;
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
    ...(subject?.startsWith(person) && { subject: person + map('person', subject.slice(person.length)) }),
  };
}
