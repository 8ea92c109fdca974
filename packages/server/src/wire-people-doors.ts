import { openPeople } from './access/people/act.ts';
import { issueScim } from './access/scim/token.ts';
import { selfProof } from './access/self.ts';
import type { Config } from './config.ts';
import type { ProvenPerson } from './kernel/approvals.ts';
import { credentialsOver } from './wire-credentials.ts';
import { door, publishedPolicy, urlOf } from './wire-doors.ts';

/** What `trapkey scim` works with. */
export const scimDoor = (config: Config) =>
  door(config, async ({ database, recorder, clock, keys }) => ({
    people: openPeople({ database, recorder, clock }),
    issue: (request: { readonly by: ProvenPerson; readonly expiresMs?: number | undefined }) =>
      issueScim({ recorder, keys, clock }, request),
    publicUrl: await urlOf(config, selfProof(keys)),
  }));
export type ScimDoor = Awaited<ReturnType<typeof scimDoor>>;

/** What `trapkey credentials` works with. */
export const credentialsDoor = (config: Config, env: Readonly<Record<string, string | undefined>>) =>
  door(config, async (store) => {
    const { database, recorder, clock } = store;
    const policy = await publishedPolicy(config, env, store);
    return { people: openPeople({ database, recorder, clock }), grants: credentialsOver(store, policy.current).grants };
  });
export type CredentialsDoor = Awaited<ReturnType<typeof credentialsDoor>>;
