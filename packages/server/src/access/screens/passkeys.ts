import { z } from 'zod';
import { type Route, route, signedIn } from '../../kernel/http.ts';
import type { SignInDoors } from './doors.ts';

const nothing = z.strictObject({});
const answer = z.strictObject({ sealed: z.string().max(4_096), response: z.looseObject({ id: z.string().max(2_048) }) });
const registration = answer.extend({ label: z.string().max(200) });

/** What the one script of the pages calls: passkeys need a browser's own API. */
export function passkeyRoutes({ passkeys }: SignInDoors): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/passkeys/register/begin',
      permission: 'signed in',
      body: nothing,
      handle: async (asked) => ({ json: { ...(await passkeys.askToRegister(signedIn(asked), asked.url)) } }),
    }),
    route({
      method: 'POST',
      path: '/api/passkeys/register/end',
      permission: 'signed in',
      body: registration,
      async handle(asked) {
        await passkeys.register(signedIn(asked), asked.url, asked.body);
        return { json: { registered: true } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/passkeys/prove/begin',
      permission: 'signed in',
      body: nothing,
      handle: async (asked) => ({ json: { ...(await passkeys.askToProve(signedIn(asked), asked.url)) } }),
    }),
    route({
      method: 'POST',
      path: '/api/passkeys/prove/end',
      permission: 'signed in',
      body: answer,
      async handle(asked) {
        const begun = await passkeys.prove(signedIn(asked), asked.url, asked.body);
        return { json: { proved: true }, begun };
      },
    }),
    route({
      method: 'POST',
      path: '/account/passkeys/remove',
      permission: 'signed in',
      body: z.object({ passkey: z.string().max(2_048) }),
      async handle(asked) {
        await passkeys.remove(signedIn(asked), asked.body.passkey);
        return { location: '/account' };
      },
    }),
  ];
}
