import type { Json } from '@trapkey/contract/json.ts';
import { type Route, route } from '../../kernel/http.ts';
import { lookers } from '../../kernel/sight.ts';
import { blastGraph } from './graph.ts';
import { blastReport, type Standing } from './read.ts';

/** What each plugin can alter before a person looks, as JSON. */
export function blastRoutes({ standing }: { readonly standing: () => Promise<Standing> }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/blast',
      permission: [...lookers, 'approver', 'owner'],
      handle: async ({ query }) => ({ json: JSON.parse(JSON.stringify(blastReport(await standing(), query['plugin']))) as Json }),
    }),
    route({
      method: 'GET',
      path: '/api/blast/graph',
      permission: [...lookers, 'approver', 'owner'],
      async handle({ query }) {
        const now = await standing();
        return { json: blastGraph(now.set, blastReport(now, query['plugin'])) satisfies Json };
      },
    }),
  ];
}
