import { decodeJwt } from 'jose';
import type { Credential } from '../../kernel/call.ts';
import type { OnBehalf } from '../../kernel/upstream-credentials.ts';

const subjectsMax = 10_000;

/** The tokens that people came with, in memory only and only while they last: what an exchange starts from. They go to their own issuer and nowhere else. */
export interface Subjects {
  note(credential: Credential, authorization: string | undefined): void;
  of(who: OnBehalf, atMs: number): string | undefined;
}

/** Starts empty. `wanted` is false where no connection exchanges tokens: then none is kept. */
export function holdSubjects(wanted: () => boolean): Subjects {
  const held = new Map<string, { readonly token: string; readonly expiresAtMs: number }>();
  const keyOf = ({ person, credential }: OnBehalf) => JSON.stringify([person.toLowerCase(), credential]);
  return {
    note(credential, authorization) {
      if (credential.kind !== 'jwt' || !wanted()) return;
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      const key = keyOf({ person: credential.person, credential: credential.id });
      if (token === undefined || held.get(key)?.token === token) return;
      const { exp = 0 } = decodeJwt(token);
      held.delete(key);
      if (held.size >= subjectsMax) held.delete(held.keys().next().value as string);
      held.set(key, { token, expiresAtMs: exp * 1_000 });
    },
    of(who, atMs) {
      const found = held.get(keyOf(who));
      return found && found.expiresAtMs > atMs ? found.token : undefined;
    },
  };
}
