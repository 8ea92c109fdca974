import { openTokens } from './access/tokens/act.ts';
import type { Enrolled, People } from './kernel/people.ts';
import type { Issued } from './kernel/tokens.ts';
import type { OpenPolicy } from './policy/open.ts';
import type { Store } from './wire.ts';
import type { openSignIn } from './wire-session.ts';

/** What a start may give that only the first one does. */
export interface FirstStart {
  /** Set at the first start: the administrator's code, shown once. */
  readonly enrolled: Enrolled | undefined;
  /** With it: an address that signs them in once, on whichever screen. */
  readonly signInUrl: string | undefined;
  /** Tokens for the person who was enrolled just now; only at the first start, and only for them. */
  firstTokens(plugin: string): Promise<readonly Issued[]>;
}

/** What only the first start gives: the administrator's code, a link that signs them in, tokens for them. */
export async function firstStart(
  { store, policy, signIn, url }: { store: Store; policy: OpenPolicy; signIn: ReturnType<typeof openSignIn>; url: string },
  administrator: string | undefined,
): Promise<FirstStart> {
  const enrolled = await enrollFirst(signIn.people, administrator);
  const { database, recorder, keys, clock } = store;
  return {
    enrolled,
    signInUrl: enrolled && `${url}${(await signIn.links.make({ setup: enrolled.person })).path}`,
    firstTokens: (plugin) => {
      if (!enrolled) throw new Error('first tokens are issued at the first start only');
      const tokens = openTokens({ database, recorder, keys, policy: policy.current, clock });
      return tokens.issue({ plugin, by: { setup: enrolled.person } });
    },
  };
}

/** Nobody twice: of nodes that start together, one enrolls. */
async function enrollFirst(people: People, administrator: string | undefined): Promise<Enrolled | undefined> {
  if (administrator === undefined || (await people.list()).length > 0) return undefined;
  try {
    return await people.enrollFirst(administrator);
  } catch (error) {
    if ((await people.list()).length > 0) return undefined;
    throw error;
  }
}
