import type { HonoRequest } from 'hono';
import { HttpRefusal, type Route } from '../kernel/http.ts';
import { parseIJson } from '../kernel/ijson.ts';
import type { Role } from '../kernel/people.ts';
import { fromOwnPage } from './origin.ts';
import type { ApiParts, Visit } from './visit.ts';

/** A body as it came, its form token apart. */
export interface Unparsed {
  readonly fields: unknown;
  readonly csrf: string;
}

/** Reads JSON under `/api/` and a form anywhere else; a page of another site can send the other kinds without being asked. */
export async function bodyOf(request: Request, path: string): Promise<Unparsed> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (path.startsWith('/api/')) {
    if (type !== 'application/json') throw wrongType('application/json');
    const parsed = parseIJson(new Uint8Array(await request.arrayBuffer()));
    if (!parsed.ok)
      throw new HttpRefusal(400, 'invalid_input', `What was sent is not the JSON that is taken here: ${parsed.says}. Nothing was changed.`);
    return { fields: parsed.value, csrf: request.headers.get('x-csrf-token') ?? '' };
  }
  if (type !== 'application/x-www-form-urlencoded') throw wrongType('a form');
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(await request.text())) {
    if (Object.hasOwn(fields, name))
      throw new HttpRefusal(400, 'invalid_input', `The field ${name.slice(0, 40)} came twice. Nothing was changed.`);
    // What a browser sends of a line break; forms are read as they were typed.
    Object.defineProperty(fields, name, { value: value.replaceAll('\r\n', '\n'), enumerable: true });
  }
  const { csrf = '', ...rest } = fields;
  return { fields: rest, csrf };
}

/** Throws unless what changes something came from a page of ours: its origin, and the token of its form. */
export function mustBeOurs(
  request: HonoRequest,
  given: Unparsed,
  visit: Visit,
  { forms, publicUrl }: Pick<ApiParts, 'forms' | 'publicUrl'>,
): void {
  const headers = { origin: request.header('origin'), fetchSite: request.header('sec-fetch-site'), host: request.header('host') };
  if (!fromOwnPage(headers, publicUrl())) {
    throw new HttpRefusal(
      403,
      'foreign_origin',
      'This was sent by a page of another site. Nothing was changed.',
      'Open the page here and use its form.',
    );
  }
  if (visit.bearer) return;
  const boundTo = visit.signed ? `session ${visit.signed.hash}` : `browser ${visit.browser}`;
  if (forms.fits(boundTo, given.csrf)) return;
  throw new HttpRefusal(
    403,
    'stale_form',
    'This form is not of the session that it came with. Nothing was changed.',
    'Load the page again, then send it.',
  );
}

/** Throws unless the route is for whoever asks. Gives where to go when signing in would help. */
export function mustBePermitted(route: Pick<Route, 'permission' | 'method' | 'path'>, visit: Visit): string | undefined {
  const { permission } = route;
  if (permission === 'anyone') return undefined;
  if (!visit.signed) {
    if (route.method === 'GET' && !route.path.startsWith('/api/')) {
      return `/sign-in?to=${encodeURIComponent(visit.url.pathname + visit.url.search)}`;
    }
    throw new HttpRefusal(
      401,
      'unauthenticated',
      'Nobody is signed in, or the session is over. Nothing was changed.',
      'Sign in at /sign-in, then try again.',
    );
  }
  if (permission === 'signed in' || isOwn(permission)) return undefined;
  const { person, roles } = visit.signed.who;
  if (permission.some((role) => roles.includes(role))) return undefined;
  throw new HttpRefusal(
    403,
    'role_missing',
    `This needs the role ${permission.join(' or ')}; ${person} has ${roles.join(', ') || 'no role'}. Nothing was changed.`,
    'An administrator can enroll people with a role, or give it to a group under `roles` of the organization.',
  );
}

/** Whether whoever asks may have what is anybody's. */
export function isWide({ permission }: Pick<Route, 'permission'>, { signed }: Pick<Visit, 'signed'>): boolean {
  if (typeof permission === 'string') return false;
  const roles = isOwn(permission) ? permission.own : permission;
  return roles.some((role) => signed?.who.roles.includes(role));
}

function isOwn(permission: Route['permission']): permission is { readonly own: readonly Role[] } {
  return typeof permission === 'object' && 'own' in permission;
}

function wrongType(wanted: string): HttpRefusal {
  return new HttpRefusal(415, 'invalid_input', `Only ${wanted} is taken here. Nothing was changed.`);
}
