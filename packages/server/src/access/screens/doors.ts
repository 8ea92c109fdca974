import type { People } from '../../kernel/people.ts';
import type { OpenLinks } from '../links/act.ts';
import type { OidcLogin } from '../oidc-login/act.ts';
import type { Passkeys } from '../passkeys/passkeys.ts';
import type { OpenSessions } from '../sessions/act.ts';

/** What the pages of signing in work with. */
export interface SignInDoors {
  readonly people: Pick<People, 'verifyCode'>;
  readonly sessions: OpenSessions;
  readonly links: OpenLinks;
  readonly passkeys: Passkeys;
  /** Undefined where no identity provider is set up. */
  readonly oidc: OidcLogin | undefined;
  /** The deployment, as whoever signed in reads it. */
  readonly about?: () => { readonly organization: string; readonly version: string };
}
