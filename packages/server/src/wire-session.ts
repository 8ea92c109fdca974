import { readOidc } from './access/jwt/settings.ts';
import { openLinks } from './access/links/act.ts';
import { openOidcLogin } from './access/oidc-login/act.ts';
import { openPasskeys } from './access/passkeys/act.ts';
import { openPeople } from './access/people/act.ts';
import { openSessions } from './access/sessions/act.ts';
import type { Config } from './config.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { Store } from './wire.ts';

/** Sign-in for people over one store: for the pages, and for commands that act as the person signed in. */
export function openSignIn(config: Pick<Config, 'oidc' | 'oidcLogin'>, store: Store, policy: () => PolicySet) {
  const { database, recorder, keys, clock } = store;
  const people = openPeople({ database, recorder, clock });
  const sessions = openSessions({ database, recorder, keys, clock, policy });
  const links = openLinks({ database, recorder, keys, clock, sessions });
  const passkeys = openPasskeys({ database, recorder, keys, clock, sessions });
  const { oidc: given, oidcLogin: login } = config;
  const oidc = given && login && openOidcLogin({ settings: readOidc(given), login, keys, clock });
  return { people, sessions, links, passkeys, oidc };
}
