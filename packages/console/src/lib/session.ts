import { useQuery } from '@tanstack/react-query';
import { type Session, session } from '@trapkey/contract/api/session.ts';
import { createContext, use } from 'react';
import { get, keepToken, Refused } from './api.ts';
import { keepClock } from './now.ts';
import { isIn } from './signed-out.ts';

/** Who is signed in; everything under the shell has it. */
export const SessionContext = createContext<Session | undefined>(undefined);

/** Who is signed in. */
export function useSession(): Session {
  const signed = use(SessionContext);
  if (!signed) throw new Error('no session above this');
  return signed;
}

/** Whether they have one of these roles; the API decides all the same. */
export function useHasRole(...roles: readonly string[]): boolean {
  const { roles: has } = useSession();
  return roles.some((role) => has.includes(role));
}

/** Reads the session, and keeps it: its token goes with every change. */
export function useSessionQuery() {
  return useQuery({
    queryKey: ['/api/session'],
    queryFn: async ({ signal }) => {
      const read = await get('/api/session', session, undefined, signal);
      keepToken(read.csrf);
      keepClock(read.now_ms);
      isIn(read.person);
      return read;
    },
    refetchInterval: 60_000,
  });
}

let builtAs: string | undefined;

/** Whether the gateway is another build than when this page was loaded. */
export function useUpgraded(): boolean {
  const { version } = useSession();
  builtAs ??= version;
  return version !== builtAs;
}

/** Whether nobody is signed in any more. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Refused && error.status === 401;
}
