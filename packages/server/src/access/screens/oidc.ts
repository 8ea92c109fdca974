import { type Asked, HttpRefusal, type Route, route } from '../../kernel/http.ts';
import type { SignInDoors } from './doors.ts';
import { localPath } from './local-path.ts';
import { sessionOver } from './prove.ts';

const backPath = '/sign-in/oidc/back';

/** Signing in at the identity provider, and showing a credential there again. */
export function oidcRoutes({ oidc, sessions }: SignInDoors): readonly Route[] {
  if (!oidc) return [];
  return [
    route({
      method: 'GET',
      path: '/sign-in/oidc',
      permission: 'anyone',
      async handle(asked) {
        const again = asked.query['again'] === 'yes' ? asked.signed?.id : undefined;
        const back = new URL(oidc.redirectUrl ?? backPath, asked.url);
        const { location, sealed } = await oidc.begin({ back, to: localPath(asked.query['to']), again });
        return { location, keep: { name: 'oidc', value: sealed } };
      },
    }),
    route({
      method: 'GET',
      path: backPath,
      permission: 'anyone',
      async handle(asked) {
        const { person, groups, fresh, to, again } = await oidc.finish(asked.url, asked.cookies['oidc']);
        const begun =
          again === undefined
            ? await sessions.begin({ person, groups, via: 'oidc', fresh, replaces: asked.token })
            : await provedAgain(asked, person, fresh, again);
        if (!begun) throw sessionOver();
        return { location: localPath(to), begun, keep: { name: 'oidc', value: '' } };
      },
    }),
  ];

  /** Only the same person, only for the session that asked, only when the provider says that it was just now. */
  async function provedAgain({ signed }: Asked<unknown>, person: string, fresh: boolean, again: string) {
    if (signed?.id !== again) throw sessionOver();
    if (!sessions.isSame(person, signed.who.person)) {
      throw new HttpRefusal(
        403,
        'another_person',
        `${person} signed in there, and this session is of ${signed.who.person}. Nothing was changed.`,
      );
    }
    if (!fresh) {
      throw new HttpRefusal(
        403,
        'not_fresh',
        'The provider did not ask for a credential again. Nothing was changed.',
        'Use your code or a passkey.',
      );
    }
    return await sessions.prove(signed, 'oidc');
  }
}
