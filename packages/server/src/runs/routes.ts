import type { Json } from '@trapkey/contract/json.ts';
import { HttpRefusal, type Route, route, signedIn } from '../kernel/http.ts';
import type { RunLists, RunView } from '../kernel/run-views.ts';

const max = 200;

/** `/api/runs`: one's own; everybody's for who operates or administers. */
export function runRoutes({ runs }: { readonly runs: RunLists }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/runs',
      permission: 'signed in',
      async handle(asked) {
        const { person, roles } = signedIn(asked).who;
        const wanted = mayLookAt(roles) ? asked.query['person'] : person;
        return { json: { runs: (await runs.list({ person: wanted, max })) as unknown as Json } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/runs/:id',
      permission: 'signed in',
      async handle(asked) {
        const { person, roles } = signedIn(asked).who;
        const run = await runs.show(asked.params['id'] ?? '');
        const mine = (one: RunView) => one.person === person || mayLookAt(roles);
        // The same words for a run of somebody else and for none.
        if (!run || !mine(run)) throw new HttpRefusal(404, 'not_found', 'There is no such run that you may look at.', 'See /api/runs.');
        return { json: run as unknown as Json };
      },
    }),
  ];
}

function mayLookAt(roles: readonly string[]): boolean {
  return roles.includes('operator') || roles.includes('administrator');
}
