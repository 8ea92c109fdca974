import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { type Route, route, signedIn } from '../../../kernel/http.ts';
import type { Limits } from '../../../kernel/limits.ts';
import { lookers } from '../../../kernel/sight.ts';

const usesMax = 1_000;
const body = z.strictObject({ reason: z.string().min(1).max(4_000) });

/** How much is used, what tripped, and resetting it; as JSON. */
export function limitRoutes({ limits }: { readonly limits: Limits }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/limits',
      permission: lookers,
      handle: async () => ({ json: { limits: (await limits.uses({ max: usesMax })) as unknown as Json } }),
    }),
    route({
      method: 'GET',
      path: '/api/limits/trips',
      permission: { own: lookers },
      async handle(asked) {
        const { who } = signedIn(asked);
        const state = asked.query['state'] === 'all' ? 'all' : 'open';
        const trips = await limits.trips({ state, ...(!asked.wide && { concerning: who.person }) });
        return { json: { trips: trips as unknown as Json } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/limits/trips/:trip/reset',
      permission: { own: ['administrator'] },
      body,
      handle: async (asked) => ({
        json: (await limits.reset({
          trip: asked.params['trip'] ?? '',
          by: signedIn(asked).who,
          reason: asked.body.reason,
        })) as unknown as Json,
      }),
    }),
  ];
}
