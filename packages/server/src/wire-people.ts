import type { RequestListener } from 'node:http';
import { openScim } from './access/scim/act.ts';
import type { LiveDirectory } from './access/scim/live.ts';
import { readScim } from './access/scim/read.ts';
import { scimRoutes } from './access/scim/routes.ts';
import type { Authenticate } from './kernel/access.ts';
import { scimPath } from './kernel/directory.ts';
import type { Store } from './wire.ts';

/** SCIM before every other page. */
export function withScim(parts: {
  readonly store: Store;
  readonly directory: LiveDirectory;
  readonly authenticate: Authenticate;
  readonly publicUrl: () => string;
  readonly log: (message: string, detail?: unknown) => void;
  readonly otherwise: RequestListener;
}): RequestListener {
  const { store, directory, authenticate, publicUrl, log, otherwise } = parts;
  const { database, recorder, clock } = store;
  const reader = readScim(database);
  const scim = openScim({ reader, recorder, clock, refresh: directory.refresh });
  const routes = scimRoutes({ scim, reader, authenticate, clock, publicUrl, log });
  return (request, response) => {
    const ours = request.url === scimPath || request.url?.startsWith(`${scimPath}/`) || request.url?.startsWith(`${scimPath}?`);
    return ours ? routes(request, response) : otherwise(request, response);
  };
}
