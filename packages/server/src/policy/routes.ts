import type { Json } from '@trapkey/contract/json.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../kernel/http.ts';
import { lookers } from '../kernel/sight.ts';
import { actingRoutes } from './acting-routes.ts';
import { type PolicyDoors, plain } from './desk/doors.ts';
import { effectiveOf } from './desk/effective.ts';
import { listSets } from './desk/history-read.ts';
import { seesLists } from './desk/lists.ts';
import { policyNow, setShown } from './desk/looking.ts';
import { tryingRoutes } from './trying-routes.ts';

const historyMax = 50;
const looking = [...lookers, 'approver', 'owner'] as const;

/** The policy over HTTP: the same functions as the commands', on texts instead of a folder. */
export function policyRoutes(doors: PolicyDoors): readonly Route[] {
  return [...reading(doors), ...tryingRoutes(doors), ...actingRoutes(doors)];
}

function reading(doors: PolicyDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/policy',
      permission: looking,
      async handle(asked) {
        const now = await policyNow(doors, seesLists(signedIn(asked).who));
        if (!now) throw new HttpRefusal(404, 'not_found', 'No policy is published yet.');
        return { json: plain(now) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/policy/effective',
      permission: looking,
      async handle({ query }) {
        const person = query['person'] ? await doors.person(query['person']) : undefined;
        return { json: effectiveOf(doors.current(), query['plugin'] || undefined, person) satisfies Json };
      },
    }),
    route({
      method: 'GET',
      path: '/api/policy/history',
      permission: looking,
      handle: async (asked) => ({ json: await history(doors, asked) }),
    }),
    route({
      method: 'GET',
      path: '/api/policy/sets/:digest',
      permission: looking,
      async handle(asked) {
        const shown = await setShown(doors, asked.params['digest'] ?? '', seesLists(signedIn(asked).who));
        if (!shown) throw new HttpRefusal(404, 'not_found', 'There is no such set of policy.', 'See /api/policy/history.');
        return { json: plain(shown) };
      },
    }),
  ];
}

async function history(doors: PolicyDoors, { query }: Asked<unknown>): Promise<Json> {
  const [, atMs, digest] = /^(\d{1,16})\.(sha256:[0-9a-f]{64})$/.exec(query['after'] ?? '') ?? [];
  const after = atMs === undefined || digest === undefined ? undefined : { atMs: Number(atMs), digest };
  const sets = await listSets(doors.database, after, historyMax + 1);
  const page = sets.slice(0, historyMax);
  const last = sets.length > historyMax ? page.at(-1) : undefined;
  const running = doors.current().digest;
  return { sets: page.map((one) => ({ ...one, runs: one.digest === running })), next: last ? `${last.atMs}.${last.digest}` : null };
}
