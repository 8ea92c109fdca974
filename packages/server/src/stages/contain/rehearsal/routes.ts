import type { Json } from '@trapkey/contract/json.ts';
import { HttpRefusal, type Route, route, signedIn } from '../../../kernel/http.ts';
import type { Rehearsals } from '../../../kernel/rehearsal.ts';
import { lookers, runners } from '../../../kernel/sight.ts';

const listMax = 100;

/** Rehearsals of the stop: their history, and asking for one; as JSON. */
export function rehearsalRoutes({ rehearsals }: { readonly rehearsals: Rehearsals }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/rehearsals',
      permission: lookers,
      handle: async () => ({ json: { rehearsals: (await rehearsals.list(listMax)) as unknown as Json } }),
    }),
    route({
      method: 'POST',
      path: '/api/rehearsals',
      permission: runners,
      async handle(asked) {
        const id = await rehearsals.begin(signedIn(asked).who.person);
        if (id === undefined)
          throw new HttpRefusal(409, 'under_way', 'A rehearsal is under way. Nothing was started.', 'See GET /api/rehearsals.');
        return { json: { id }, status: 200 };
      },
    }),
  ];
}
