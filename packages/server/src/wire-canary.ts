import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Execute } from './effects/execute/effect.ts';
import type { Authenticate } from './kernel/access.ts';
import type { Credential } from './kernel/call.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { OpenPolicy } from './policy/open.ts';
import { canary, runCanary, withCanary } from './stages/contain/rehearsal/canary.ts';

/** The policy of a process that serves, and the canary. */
export function policyWithCanary<P extends OpenPolicy>(policy: P): P {
  return { ...policy, current: () => withCanary(policy.current()) };
}

/** The policy as people wrote it: what is measured or shown to them has no canary. */
export function withoutCanaryPlugin(set: PolicySet): PolicySet {
  return { ...set, plugins: new Map([...set.plugins].filter(([id]) => id !== canary.plugin)) };
}

/** The canary answers in this process; everything else goes where it goes. */
export function executeWithCanary(execute: Execute): Execute {
  return (target, request, calling) =>
    target.connector.connection === canary.connector ? runCanary(request, calling) : execute(target, request, calling);
}

/** A credential that only this process knows, good for nothing but the canary. */
export function rehearsalCredential(): { readonly token: string; readonly wrap: (authenticate: Authenticate) => Authenticate } {
  const token = `rehearsal-${randomBytes(32).toString('hex')}`;
  const expected = Buffer.from(`Bearer ${token}`);
  const paths = [canary.connector, canary.client].map((id) => `/p/${canary.plugin}/${canary.version}/${id}`);
  const is = (given: string | undefined) => {
    const bytes = Buffer.from(given ?? '');
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  };
  return {
    token,
    wrap: (authenticate) => (authorization, audience, atMs, source) => {
      if (!paths.includes(audience) || !is(authorization)) return authenticate(authorization, audience, atMs, source);
      const assurance = { person: 'proved', plugin: 'proved' } as const;
      const who = { person: canary.person, groups: [], client: 'rehearsal', profile: undefined };
      return { kind: 'internal', id: 'rehearsal', ...who, audience, assurance } satisfies Credential;
    },
  };
}
