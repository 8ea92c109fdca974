import type { Home } from '@trapkey/contract/api/home.ts';
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
}

const hours = z.coerce.number().int().min(1).max(168).default(24);

/** What is asked across everything: what is new, how it stands. */
export function overviewRoutes({ live, home }: OverviewDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/live',
      permission: 'signed in',
      handle: (asked) => ({ stream: (gone) => live.follow(signedIn(asked), gone) }),
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
  ];
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
