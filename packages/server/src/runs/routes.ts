import type { Json } from '@trapkey/contract/json.ts';
import { HttpRefusal, type Route, route, signedIn } from '../kernel/http.ts';
import type { RunLists, RunView } from '../kernel/run-views.ts';
import { lookers } from '../kernel/sight.ts';

const max = 200;

/** `/api/runs`: one's own; everybody's for whoever looks after all. */
export function runRoutes({ runs }: { readonly runs: RunLists }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/runs',
      permission: { own: lookers },
      async handle(asked) {
        const { person } = signedIn(asked).who;
        const wanted = asked.wide ? asked.query['person'] : person;
        return { json: { runs: (await runs.list({ person: wanted, max })) as unknown as Json } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/runs/:id',
      permission: { own: lookers },
      async handle(asked) {
        const { person } = signedIn(asked).who;
        const run = await runs.show(asked.params['id'] ?? '');
        const mine = (one: RunView) => one.person === person || asked.wide;
        // The same words for a run of somebody else and for none.
        if (!run || !mine(run)) throw new HttpRefusal(404, 'not_found', 'There is no such run that you may look at.', 'See /api/runs.');
        return { json: run as unknown as Json };
      },
    }),
  ];
}
