import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Clock } from '../kernel/clock.ts';
import { html } from '../kernel/html.ts';
import type { Asked, Route } from '../kernel/http.ts';
import type { Rate } from '../kernel/rate.ts';
import type { FormTokens, Sessions, Signed } from '../kernel/sessions.ts';
import type { ConsoleFiles } from './console.ts';
import { type Cookies, cookiesOf } from './cookies.ts';

/** What the control plane is given. */
export interface ApiParts {
  readonly routes: readonly Route[];
  readonly sessions: Pick<Sessions, 'find'>;
  readonly forms: FormTokens;
  readonly clock: Clock;
  readonly publicUrl: () => string;
  readonly log: (message: string, detail?: unknown) => void;
  /** Absent where it was not built. */
  readonly console?: ConsoleFiles | undefined;
  readonly limits?: { readonly source: Rate; readonly person: Rate; readonly guess: Rate };
}

/** A request before its body: who, from where, with which cookies. */
export interface Visit extends Omit<Asked<unknown>, 'body' | 'wide'> {
  readonly jar: Cookies;
  /** Signed in by a header that no page of another site can send. */
  readonly bearer: boolean;
}

/** Reads who asks, and gives a browser that nobody knows yet something to be known by. */
export async function visitOf(context: Context<{ Bindings: HttpBindings }>, parts: ApiParts): Promise<Visit> {
  const publicUrl = asSeen(parts.publicUrl(), context.req.header('host'));
  const jar = cookiesOf(context, publicUrl.startsWith('https:'));
  const header = /^Bearer (tks_[\w-]+)$/.exec(context.req.header('authorization') ?? '')?.[1];
  const token = header ?? jar.session;
  const signed: Signed | undefined = token === undefined ? undefined : await parts.sessions.find(token);
  const known = /^[\w-]{43}$/.test(jar.browser ?? '') ? jar.browser : undefined;
  const browser = known ?? randomBytes(32).toString('base64url');
  if (known === undefined && !signed) jar.setBrowser(browser);
  const csrfToken = parts.forms.of(signed ? `session ${signed.hash}` : `browser ${browser}`);
  return {
    jar,
    bearer: header !== undefined,
    params: context.req.param() as Readonly<Record<string, string>>,
    query: context.req.query(),
    signed,
    token,
    browser,
    csrf: html`<input type="hidden" name="csrf" value="${csrfToken}">`,
    csrfToken,
    atMs: parts.clock(),
    source: sourceOf(context.env.incoming),
    url: new URL(context.req.path + new URL(context.req.url).search, publicUrl),
    cookies: jar.kept,
  };
}

/** The address that the connection came from; headers that name another prove nothing. */
export function sourceOf(incoming: IncomingMessage): string {
  return incoming.socket.remoteAddress ?? 'unknown';
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** On this machine the gateway has several names, and passkeys belong to the one that the browser uses. */
function asSeen(publicUrl: string, host: string | undefined): string {
  const seen = `http://${host ?? ''}`;
  return loopback.has(new URL(publicUrl).hostname) && URL.canParse(seen) && loopback.has(new URL(seen).hostname) ? seen : publicUrl;
}
