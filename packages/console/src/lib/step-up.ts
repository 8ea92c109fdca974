import { proved, session } from '@trapkey/contract/api/session.ts';
import { z } from 'zod';
import { get, keepToken, post } from './api.ts';

const asked = z.object({ options: z.record(z.string(), z.unknown()), sealed: z.string() });

/** Shows one's code again, so that what needs more than a session can be done. */
export async function proveByCode(code: string): Promise<void> {
  await post('/api/prove/code', proved, { code });
  // The session is another one now, and its token with it.
  keepToken(undefined);
}

/** The same with a passkey; needs a browser that has them. */
export async function proveByPasskey(): Promise<void> {
  const { options, sealed } = await post('/api/passkeys/prove/begin', asked, {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  const shown = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  await post('/api/passkeys/prove/end', proved, { sealed, response: shown.toJSON() });
  keepToken(undefined);
}

/** Whether it was shown meanwhile in another tab, by the same person. */
export async function provedElsewhere(person: string): Promise<boolean> {
  const now = await get('/api/session', session);
  if (now.person !== person) throw new Error(`${now.person} is signed in by now. Load the page again to act as them.`);
  keepToken(now.csrf);
  return now.fresh;
}

/** Whether this browser has passkeys. */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}
