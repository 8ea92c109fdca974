import { readFileSync } from 'node:fs';
import { type Route, route } from '../kernel/http.ts';

/** The stylesheet and the one script, from this origin; `folder` is where this build keeps them. */
export function assetRoutes(folder: URL): readonly Route[] {
  const asset = (name: string, type: 'text/css' | 'text/javascript'): Route => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    return route({ method: 'GET', path: `/assets/${name}`, permission: 'anyone', handle: () => ({ asset: text, type }) });
  };
  return [asset('trapkey.css', 'text/css'), asset('passkey.js', 'text/javascript')];
}
