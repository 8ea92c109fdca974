import { readFileSync } from 'node:fs';
import { type Route, route } from '../kernel/http.ts';

/** The stylesheet, the mark and the one script, from this origin; `folder` is where this build keeps them. */
export function assetRoutes(folder: URL): readonly Route[] {
  const asset = (name: string, type: 'text/css' | 'text/javascript' | 'image/svg+xml'): Route => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    return route({ method: 'GET', path: `/assets/${name}`, permission: 'anyone', handle: () => ({ asset: text, type }) });
  };
  return [asset('trapkey.css', 'text/css'), asset('passkey.js', 'text/javascript'), asset('mark.svg', 'image/svg+xml')];
}

/** Where whoever types the bare address goes: the console, or the pages that need no script where it was not built. */
export function startRoute(built: boolean): Route {
  const start = built ? '/console/' : '/approvals';
  return route({
    method: 'GET',
    path: '/',
    permission: 'anyone',
    handle: ({ signed }) => ({ location: signed ? start : `/sign-in?to=${encodeURIComponent(start)}` }),
  });
}
