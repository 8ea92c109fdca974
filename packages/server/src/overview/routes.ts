import type { ClientList } from '@trapkey/contract/api/clients.ts';
import type { Home } from '@trapkey/contract/api/home.ts';
import type { Mine } from '@trapkey/contract/api/mine.ts';
import type { RouteList } from '@trapkey/contract/api/routes.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { HttpRefusal, type Permission, type Route, route, signedIn } from '../kernel/http.ts';
import { lookers } from '../kernel/sight.ts';
import type { Live } from './live/live.ts';

/** What the addresses of overviews work with. */
export interface OverviewDoors {
  readonly live: Live;
  readonly home: (who: ProvenPerson, hours: number) => Promise<Home>;
  readonly mine: (who: ProvenPerson, atMs: number) => Promise<Mine>;
  /** Of everybody, or of one person alone. */
  readonly clients: (of: z.output<typeof clientQuery>, only: string | undefined, atMs: number) => Promise<ClientList>;
}

const clientQuery = z.object({
  q: z.string().max(200).default(''),
  silent: z
    .enum(['yes', 'no'])
    .default('no')
    .transform((word) => word === 'yes'),
  max: z.coerce.number().int().min(1).max(500).default(100),
  after: z.string().max(254).optional(),
});
const hours = z.coerce.number().int().min(1).max(168).default(24);

/** What is asked across everything: what is new, how it stands. */
export function overviewRoutes({ live, home, mine, clients }: OverviewDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/live',
      permission: 'signed in',
      handle: (asked) => ({ stream: (gone, cut) => live.follow(signedIn(asked), gone, cut) }),
    }),
    route({
      method: 'GET',
      path: '/api/home',
      permission: [...lookers, 'approver', 'owner'],
      async handle(asked) {
        const read = hours.safeParse(asked.query['hours']);
        if (!read.success) throw new HttpRefusal(400, 'invalid_input', 'The hours are a whole number from 1 to 168.');
        return { json: (await home(signedIn(asked).who, read.data)) satisfies Json };
      },
    }),
    route({
      method: 'GET',
      path: '/api/mine',
      permission: 'signed in',
      handle: async (asked) => ({ json: plain(await mine(signedIn(asked).who, asked.atMs)) }),
    }),
    route({
      method: 'GET',
      path: '/api/clients',
      permission: { own: lookers },
      async handle(asked) {
        const read = clientQuery.safeParse(asked.query);
        if (!read.success)
          throw new HttpRefusal(400, 'invalid_input', 'The query cannot be read: q, silent (yes or no), max up to 500, after.');
        return { json: plain(await clients(read.data, asked.wide ? undefined : signedIn(asked).who.person, asked.atMs)) };
      },
    }),
  ];
}

/** As it is sent: without what is undefined. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Every address of this build and who may ask there, itself included. */
export function withRouteList(routes: readonly Route[]): readonly Route[] {
  const shown: RouteList['routes'] = [];
  const list = route({ method: 'GET', path: '/api/routes', permission: 'signed in', handle: () => ({ json: { routes: shown } }) });
  const all = [...routes, list];
  shown.push(...all.map(({ method, path, permission }) => ({ method, path, who: whoOf(permission) })));
  return all;
}

function whoOf(permission: Permission): RouteList['routes'][number]['who'] {
  if (typeof permission === 'string') return { everybody: permission, roles: [] };
  return 'own' in permission ? { everybody: 'own', roles: [...permission.own] } : { everybody: null, roles: [...permission] };
}
