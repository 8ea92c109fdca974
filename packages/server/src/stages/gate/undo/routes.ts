import { undoActs, undoAsked } from '@trapkey/contract/api/undo.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { z } from 'zod';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../../../kernel/http.ts';
import { lookers, runners } from '../../../kernel/sight.ts';
import type { Undos, UndoView } from '../../../kernel/undo.ts';
import { itemJson, summaryJson } from '../../../kernel/undo-json.ts';
import { type ActName, acts, ask, type Body, itemFilter, listed, read } from './asking.ts';
import { undoPages } from './page-routes.ts';

const names = Object.keys(undoActs) as ActName[];

/** Taking back what was done: looked at first, then started; as pages and as JSON. By operators and administrators. */
export function undoRoutes({ undos }: { readonly undos: Undos }): readonly Route[] {
  const one = async (asked: Asked<unknown>): Promise<UndoView> => {
    const id = asked.params['undo'] ?? '';
    const view = await undos.find(id);
    if (!view) throw new HttpRefusal(404, 'not_found', `There is no undo ${id.slice(0, 40)}.`, 'See them at /undos.');
    return view;
  };
  return [
    ...undoPages(undos, one),
    route({
      method: 'POST',
      path: '/api/undos',
      permission: runners,
      body: undoAsked,
      handle: async (asked) => ({ json: summaryJson(await ask(undos, asked, 'api')) as unknown as Json, status: 202 }),
    }),
    route({
      method: 'GET',
      path: '/api/undos',
      permission: lookers,
      handle: async (asked) => ({ json: (await listed(undos, asked)) as unknown as Json }),
    }),
    route({
      method: 'GET',
      path: '/api/undos/:undo',
      permission: lookers,
      handle: async (asked) => ({ json: summaryJson(await one(asked)) as unknown as Json }),
    }),
    route({
      method: 'GET',
      path: '/api/undos/:undo/items',
      permission: lookers,
      async handle(asked) {
        const filter = read(itemFilter, asked);
        const items = await undos.items((await one(asked)).id, filter);
        const next = items.length === filter.max ? (items.at(-1)?.n ?? null) : null;
        return { json: { items: items.map(itemJson), next } as unknown as Json };
      },
    }),
    ...names.map(<N extends ActName>(name: N) =>
      route<Body<N>>({
        method: 'POST',
        path: `/api/undos/:undo/${name}`,
        permission: runners,
        body: undoActs[name] as unknown as z.ZodType<Body<N>>,
        async handle(asked) {
          const { id } = await one(asked);
          const act = { undo: id, by: signedIn(asked).who, via: 'api' };
          return { json: summaryJson(await acts[name](undos, act, asked.body)) as unknown as Json };
        },
      }),
    ),
  ];
}
