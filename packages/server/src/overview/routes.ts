import type { RouteList } from '@trapkey/contract/api/routes.ts';
import { type Permission, type Route, route, signedIn } from '../kernel/http.ts';
import type { Live } from './live/live.ts';

/** What is asked across everything: what is new, and which addresses there are. */
export function overviewRoutes({ live }: { readonly live: Live }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/live',
      permission: 'signed in',
      handle: (asked) => ({ stream: (gone) => live.follow(signedIn(asked), gone) }),
    }),
  ];
}

/** Every address of this build and who may ask there, itself included. */
export function withRouteList(routes: readonly Route[]): readonly Route[] {
  const list = route({ method: 'GET', path: '/api/routes', permission: 'signed in', handle: () => ({ json: shown }) });
  const all = [...routes, list];
  const shown = { routes: all.map(({ method, path, permission }) => ({ method, path, who: whoOf(permission) })) } satisfies RouteList;
  return all;
}

function whoOf(permission: Permission): RouteList['routes'][number]['who'] {
  if (typeof permission === 'string') return { everybody: permission, roles: [] };
  return 'own' in permission ? { everybody: 'own', roles: [...permission.own] } : { everybody: null, roles: [...permission] };
}
