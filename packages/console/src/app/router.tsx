import { createRootRoute, createRoute, createRouter, type RouteComponent } from '@tanstack/react-router';
import { lazy } from 'react';
import { Loading, Problem } from '../ui/states.tsx';
import { CameBack } from './came-back.tsx';
import { NotFound } from './not-found.tsx';
import { screens } from './routes.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const routes = screens.flatMap(({ pages }) =>
  pages.map(({ path, load }) =>
    createRoute({ getParentRoute: () => root, path: `/${path}`, component: lazy(load) as unknown as RouteComponent }),
  ),
);

/** Addresses are plain: `?state=open&person=ann`, each value a text. */
export const router = createRouter({
  routeTree: root.addChildren([...routes, createRoute({ getParentRoute: () => root, path: '/back', component: CameBack })]),
  basepath: '/console',
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading />,
  defaultErrorComponent: ({ error, reset }) => (
    <div className="p-8">
      <Problem error={error} onRetry={reset} />
    </div>
  ),
  scrollRestoration: true,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
    return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  },
});
