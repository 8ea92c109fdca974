import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import type { Autonomy, AutonomyView } from '../../../kernel/autonomy.ts';
import { type Asked, type Route, route, signedIn } from '../../../kernel/http.ts';
import { deciders } from '../../../kernel/sight.ts';

const name = z.string().min(1).max(128);
const acting = z.strictObject({
  ...{ plugin: name, connector: name, tool: name },
  act: z.enum(['raise', 'lower']),
  reason: z.string().trim().min(1).max(500),
});
const looking = { own: [...deciders, 'viewer', 'auditor'] } as const;

/** Levels of workflows with their evidence, and moving them; as JSON. */
export function autonomyRoutes({ autonomy }: { readonly autonomy: Autonomy }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/autonomy',
      permission: looking,
      handle: async (asked) => ({ json: { workflows: (await visible(autonomy, asked)) as unknown as Json } }),
    }),
    route({
      method: 'POST',
      path: '/api/autonomy',
      // Whose it is besides is said by the act.
      permission: { own: deciders },
      body: acting,
      async handle(asked) {
        const { act, reason, ...workflow } = asked.body;
        const moved = { workflow, reason, by: signedIn(asked).who, via: 'api' };
        return { json: (act === 'raise' ? await autonomy.raise(moved) : await autonomy.lower(moved)) as unknown as Json };
      },
    }),
  ];
}

/** All of them, or those on connectors that one owns; `plugin`, `connector` and `tool` narrow it. */
async function visible(autonomy: Autonomy, asked: Asked<unknown>): Promise<readonly AutonomyView[]> {
  const { person } = signedIn(asked).who;
  const wanted = (view: AutonomyView) =>
    (['plugin', 'connector', 'tool'] as const).every((key) => asked.query[key] === undefined || asked.query[key] === view[key]);
  const all = (await autonomy.list()).filter(wanted);
  return asked.wide ? all : all.filter(({ owner }) => owner.toLowerCase() === person.toLowerCase());
}
