import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Authenticate } from '../../kernel/access.ts';
import type { Credential } from '../../kernel/call.ts';
import type { Clock } from '../../kernel/clock.ts';
import { scimPath } from '../../kernel/directory.ts';
import { parseIJson } from '../../kernel/ijson.ts';
import type { Scim, ScimAsking } from './act.ts';
import { resourceTypes, schemas, serviceProviderConfig } from './discovery.ts';
import { errorBody, ScimRefusal } from './errors.ts';
import { list, listQuery } from './list.ts';
import type { ScimKind, ScimReader, ScimRow } from './read.ts';
import { endpointOf, etagOf, narrowed, viewsOf } from './view.ts';

const bodyBytesMax = 4 * 1024 * 1024;
const type = 'application/scim+json';

export interface ScimDoors {
  readonly scim: Scim;
  readonly reader: ScimReader;
  readonly authenticate: Authenticate;
  readonly clock: Clock;
  readonly publicUrl: () => string;
  readonly log: (message: string, detail?: unknown) => void;
}

type Vars = { Bindings: { incoming: { socket: { remoteAddress?: string } } }; Variables: { who: Credential } };

/** RFC 7644 for people and groups. Every request needs a token from `trapkey scim token`. */
export function scimRoutes(doors: ScimDoors): RequestListener {
  const app = new Hono<Vars>().basePath(scimPath);
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: () => Promise.reject(new ScimRefusal(413, 'What was sent is too large')) }));
  app.use(async (context, next) => {
    context.header('cache-control', 'no-store');
    const source = context.env?.incoming?.socket.remoteAddress ?? 'unknown';
    const answer = await doors.authenticate(context.req.header('authorization'), scimPath, doors.clock(), source);
    if ('wwwAuthenticate' in answer) throw new ScimRefusal(answer.status, answer.says);
    context.set('who', answer);
    await next();
  });
  discovery(app);
  for (const kind of ['User', 'Group'] as const) resources(app, doors, kind);
  app.notFound(() => refusal(new ScimRefusal(404, 'There is nothing at this address')));
  app.onError((error) => {
    if (error instanceof ScimRefusal) return refusal(error);
    doors.log('a SCIM request could not be served', error);
    return refusal(new ScimRefusal(503, 'Trapkey failed while serving this. What the record does not show did not happen.'));
  });
  return getRequestListener(app.fetch);
}

function discovery(app: Hono<Vars>): void {
  const many = (found: readonly JsonObject[]) =>
    answer({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: found.length,
      startIndex: 1,
      itemsPerPage: found.length,
      Resources: found,
    });
  const one = (found: readonly JsonObject[], id: string) => {
    const hit = found.find((each) => each['id'] === id);
    return hit ? answer(hit) : refusal(new ScimRefusal(404, 'There is no such thing'));
  };
  app.get('/ServiceProviderConfig', () => answer(serviceProviderConfig));
  app.get('/ResourceTypes', () => many(resourceTypes));
  app.get('/ResourceTypes/:id', (context) => one(resourceTypes, context.req.param('id')));
  app.get('/Schemas', () => many(schemas as readonly JsonObject[]));
  app.get('/Schemas/:id', (context) => one(schemas as readonly JsonObject[], context.req.param('id')));
}

function resources(app: Hono<Vars>, { scim, reader, publicUrl }: ScimDoors, kind: ScimKind): void {
  const path = `/${endpointOf[kind]}` as const;
  const base = () => `${publicUrl()}${scimPath}`;
  const shown = async (id: string, query: URLSearchParams, status = 200): Promise<Response> => {
    const row = await reader.find(kind, id);
    if (!row) throw new ScimRefusal(404, `There is no ${kind} ${id.slice(0, 64)}`);
    const { attributes, excluded } = listQuery(query, base());
    const [view] = await viewsOf(reader, kind, [row], { base: base(), without: new Set() });
    return answer(narrowed(view as JsonObject, attributes, excluded), { status, row, location: `${base()}${path}/${id}` });
  };
  const queryOf = (url: string) => new URL(url).searchParams;
  app.get(path, async (context) => answer(await list(reader, kind, listQuery(queryOf(context.req.url), base()))));
  app.post(`${path}/.search`, async (context) => {
    const given = await bodyOf(context.req.raw);
    const flat = Object.entries(given).map(([name, value]): [string, string] => [
      name,
      Array.isArray(value) ? value.join(',') : String(value),
    ]);
    return answer(await list(reader, kind, listQuery(new URLSearchParams(flat), base())));
  });
  app.post(path, async (context) => {
    const id = await scim.create(kind, await bodyOf(context.req.raw), asking(context.get('who'), context.req.raw));
    return await shown(id, queryOf(context.req.url), 201);
  });
  app.get(`${path}/:id`, async (context) => {
    const row = await reader.find(kind, context.req.param('id'));
    if (row && context.req.header('if-none-match') === etagOf(row))
      return new Response(null, { status: 304, headers: { etag: etagOf(row) } });
    return await shown(context.req.param('id'), queryOf(context.req.url));
  });
  app.put(`${path}/:id`, async (context) => {
    await scim.replace(kind, context.req.param('id'), await bodyOf(context.req.raw), asking(context.get('who'), context.req.raw));
    return await shown(context.req.param('id'), queryOf(context.req.url));
  });
  app.patch(`${path}/:id`, async (context) => {
    await scim.patch(kind, context.req.param('id'), await bodyOf(context.req.raw), asking(context.get('who'), context.req.raw));
    return await shown(context.req.param('id'), queryOf(context.req.url));
  });
  app.delete(`${path}/:id`, async (context) => {
    await scim.remove(kind, context.req.param('id'), asking(context.get('who'), context.req.raw));
    return new Response(null, { status: 204 });
  });
}

function asking(who: Credential, request: Request): ScimAsking {
  return { by: who.person, token: who.id, ifMatch: request.headers.get('if-match') ?? undefined };
}

async function bodyOf(request: Request): Promise<JsonObject> {
  const read = parseIJson(new Uint8Array(await request.arrayBuffer()));
  if (!read.ok) throw new ScimRefusal(400, `The body cannot be read: ${read.says}`, 'invalidSyntax');
  if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
    throw new ScimRefusal(400, 'The body is no object', 'invalidSyntax');
  return read.value as JsonObject;
}

function answer(body: object, about: { readonly status?: number; readonly row?: ScimRow; readonly location?: string } = {}): Response {
  const headers = {
    'content-type': type,
    ...(about.row && { etag: etagOf(about.row) }),
    ...(about.location !== undefined && { location: about.location }),
  };
  return new Response(JSON.stringify(body), { status: about.status ?? 200, headers });
}

function refusal(error: ScimRefusal): Response {
  const headers = { 'content-type': type, ...(error.status === 401 && { 'www-authenticate': 'Bearer realm="scim"' }) };
  return new Response(JSON.stringify(errorBody(error)), { status: error.status, headers });
}
