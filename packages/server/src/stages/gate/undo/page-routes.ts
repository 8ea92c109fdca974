import { undoActs, undoAsked } from '@trapkey/contract/api/undo.ts';
import { z } from 'zod';
import { UserError } from '../../../kernel/errors.ts';
import { type Answer, type Asked, HttpRefusal, type Route, route, signedIn } from '../../../kernel/http.ts';
import { lookers, runners } from '../../../kernel/sight.ts';
import type { Undos, UndoView } from '../../../kernel/undo.ts';
import { type ActName, acts, ask, itemFilter, listed, read } from './asking.ts';
import { listPage, undoPage } from './page.ts';

const names = Object.keys(undoActs) as ActName[];
const form = z.record(z.string().max(40), z.string().max(4_000));

/** Undos as pages that need no JavaScript. */
export function undoPages(undos: Undos, one: (asked: Asked<unknown>) => Promise<UndoView>): readonly Route[] {
  const show = async (asked: Asked<unknown>, problem?: UserError): Promise<Answer> => {
    const view = await one(asked);
    const filter = { ...read(itemFilter, asked), max: 50 };
    const items = await undos.items(view.id, filter);
    return { title: `Undo ${view.id}`, page: undoPage(view, items, { asked, filter, problem }), status: problem ? 409 : 200 };
  };
  return [
    route({
      method: 'GET',
      path: '/undos',
      permission: lookers,
      handle: async (asked) => ({ title: 'Undos', page: listPage(asked, (await listed(undos, asked)).undos) }),
    }),
    route({
      method: 'POST',
      path: '/undos',
      permission: runners,
      body: form,
      async handle(asked) {
        const read = undoAsked.safeParse(asked.body['since'] === '' ? { ...asked.body, since: undefined } : asked.body);
        if (!read.success)
          throw new HttpRefusal(400, 'invalid_input', `${read.error.issues[0]?.message ?? 'That cannot be read'}. Nothing was changed.`);
        return { location: `/undo/${(await ask(undos, { ...asked, body: read.data }, 'page')).id}` };
      },
    }),
    route({ method: 'GET', path: '/undo/:undo', permission: lookers, handle: (asked) => show(asked) }),
    ...names.map((name) =>
      route({
        method: 'POST',
        path: `/undo/:undo/${name}`,
        permission: runners,
        body: form,
        async handle(asked) {
          const { id } = await one(asked);
          try {
            const { n, ...rest } = asked.body;
            const read = undoActs[name].safeParse(n === undefined ? rest : { ...rest, n: Number(n) });
            if (!read.success) throw new UserError(`${read.error.issues[0]?.message ?? 'That cannot be read'}. Nothing was changed.`);
            await (acts[name] as (typeof acts)[typeof name])(undos, { undo: id, by: signedIn(asked).who, via: 'page' }, read.data as never);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
            return await show(asked, error);
          }
          return { location: `/undo/${id}` };
        },
      }),
    ),
  ];
}
