import { chmod, rm, writeFile } from 'node:fs/promises';
import { selfProof } from './access/self.ts';
import type { Config } from './config.ts';
import type { Begun, Signed } from './kernel/sessions.ts';
import { claimed, door, publishedPolicy, urlOf } from './wire-doors.ts';
import { openSignIn } from './wire-session.ts';
import { keptToken, sessionFile } from './wire-terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What `trapkey login`, `logout` and `whoami` work with. */
export const signInDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { current } = await publishedPolicy(config, env, store);
    const { people, sessions, links, oidc } = openSignIn(config, store, current);
    const keep = async (begun: Begun | undefined): Promise<Signed> => {
      if (!begun) throw new Error('the session was not begun');
      const file = sessionFile(config);
      // Removed first: a file that was there may be open to others, and its mode would stay.
      await rm(file, { force: true });
      await writeFile(file, `${begun.token}\n`, { mode: 0o600, flag: 'wx' });
      await chmod(file, 0o600);
      return begun.signed;
    };
    return {
      people,
      links,
      oidc,
      claimed: claimed(),
      publicUrl: await urlOf(config, selfProof(store.keys)),
      signedIn: async () => {
        const token = await keptToken(config);
        return token === undefined ? undefined : await sessions.find(token);
      },
      /** The person showed who they are; a session at a terminal is never by itself a fresh credential. */
      begin: async (person: string, groups?: readonly string[]) =>
        keep(await sessions.begin({ person, groups, via: 'cli', fresh: false, replaces: await keptToken(config) })),
      async signOut(signed: Signed) {
        await sessions.end(signed.id, signed.who);
        await rm(sessionFile(config), { force: true });
      },
    };
  });

/** The door of those commands. */
export type SignInDoor = Awaited<ReturnType<typeof signInDoor>>;
