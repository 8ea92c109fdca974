import { openUpstreamCredentials } from './access/upstream-credentials/act.ts';
import { bearers } from './access/upstream-credentials/bearer.ts';
import type { CredentialParts } from './access/upstream-credentials/parts.ts';
import { readUpstreamGrants } from './access/upstream-credentials/read.ts';
import { grantSeal } from './access/upstream-credentials/seal.ts';
import { holdSubjects } from './access/upstream-credentials/subjects.ts';
import { openVendors } from './access/upstream-credentials/vendor.ts';
import type { Authenticate } from './kernel/access.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { Store } from './wire.ts';

/** What people let the gateway do for them at upstreams, over one store: for pages, commands and calls. */
export function credentialsOver(store: Store, policy: () => PolicySet) {
  const { database, recorder, clock, keys } = store;
  const parts: CredentialParts = {
    reader: readUpstreamGrants(database),
    recorder,
    clock,
    policy,
    seal: grantSeal(keys.master),
    vendors: openVendors(clock),
  };
  const exchanging = () => [...policy().connections.values()].some(({ credentials }) => credentials?.kind === 'exchange');
  const subjects = holdSubjects(exchanging);
  return { grants: openUpstreamCredentials(parts, keys), bearer: bearers(parts, subjects), subjects };
}
export type Credentials = ReturnType<typeof credentialsOver>;

/** Keeps the token that a person came with while it lasts, where something is exchanged for it. */
export function notingSubjects(authenticate: Authenticate, { subjects }: Pick<Credentials, 'subjects'>): Authenticate {
  return (authorization, audience, atMs, source) => {
    const answer = authenticate(authorization, audience, atMs, source);
    const note = <A extends Awaited<typeof answer>>(said: A): A => {
      if (!('wwwAuthenticate' in said)) subjects.note(said, authorization);
      return said;
    };
    return answer instanceof Promise ? answer.then(note) : note(answer);
  };
}
