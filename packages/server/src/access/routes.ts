import type { Route } from '../kernel/http.ts';
import { accountRoutes } from './screens/account.ts';
import type { SignInDoors } from './screens/doors.ts';
import { oidcRoutes } from './screens/oidc.ts';
import { passkeyRoutes } from './screens/passkeys.ts';
import { proveRoutes } from './screens/prove.ts';
import { signInRoutes } from './screens/sign-in.ts';

/** Every address of signing in, showing a credential again, and one's own account. */
export function accessRoutes(doors: SignInDoors): readonly Route[] {
  return [...signInRoutes(doors), ...oidcRoutes(doors), ...proveRoutes(doors), ...accountRoutes(doors), ...passkeyRoutes(doors)];
}
