import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { People } from './kernel/people.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { Store } from './wire.ts';
import { openSignIn } from './wire-session.ts';

/** Where this machine's user keeps the session of `trapkey login`; readable by nobody else. */
export function sessionFile(config: Pick<Config, 'data'>): string {
  return join(config.data, 'session');
}

/** The token in it; nothing when others could have read it. */
export async function keptToken(config: Pick<Config, 'data'>): Promise<string | undefined> {
  const file = sessionFile(config);
  const found = await stat(file).catch(() => undefined);
  if (!found || (found.mode & 0o077) !== 0) return undefined;
  return (await readFile(file, 'utf8').catch(() => '')).trim() || undefined;
}

/** People with a credential, and the one who is signed in at this terminal. */
export function peopleAtTerminal(config: Config, store: Store, policy: () => PolicySet): People {
  const { people, sessions } = openSignIn(config, store, policy);
  return {
    ...people,
    async signedIn() {
      const token = await keptToken(config);
      return token === undefined ? undefined : await sessions.find(token);
    },
  };
}
