import type { RequestListener } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { html } from '../kernel/html.ts';
import { HttpRefusal, type Raw, type Route } from '../kernel/http.ts';
import { limitBy } from '../kernel/rate.ts';
import { refusalOf, send, sendRefusal } from './answers.ts';
import { serveConsole } from './console.ts';
import { bodyOf, isWide, mustBeOurs, mustBePermitted, type Unparsed } from './guard.ts';
import { type ApiParts, sourceOf, visitOf } from './visit.ts';

const bodyBytesMax = 64 * 1024;

const defaultLimits = {
  // A whole office may come from one address, each of them with a console that follows what happens.
  source: { burst: 600, perSecond: 60 },
  person: { burst: 200, perSecond: 20 },
  guess: { burst: 10, perSecond: 0.2 },
};

/** The control plane and its pages, for every path that is none of the gateway's own. */
export function openApi(parts: ApiParts): RequestListener {
  const { routes, log, limits = defaultLimits } = parts;
  const [ofSource, ofPerson, ofGuesses] = [limitBy(limits.source), limitBy(limits.person), limitBy(limits.guess)];
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(secureHeaders(headers));
  for (const path of ['/console', '/console/*']) {
    // From memory, before anything that is counted or looked up.
    app.get(path, async (context, next) => (parts.console && serveConsole(context, parts.console)) ?? (await next()));
  }
  app.use(async (context, next) => {
    context.header('cache-control', 'no-store');
    if (!ofSource(sourceOf(context.env.incoming), parts.clock())) throw tooMany();
    await next();
  });
  for (const route of routes) {
    const limit = bodyLimit({ maxSize: route.bodyBytesMax ?? bodyBytesMax, onError: () => Promise.reject(tooLarge()) });
    app.on(route.method, route.path, limit, async (context) => {
      const visit = await visitOf(context, parts);
      if (visit.signed && !ofPerson(visit.signed.who.person, visit.atMs)) throw tooMany();
      const toSignIn = mustBePermitted(route, visit);
      if (toSignIn !== undefined) return context.redirect(toSignIn, 303);
      const given = await givenTo(route, context.req.raw, context.req.path);
      if (route.method === 'POST' && !route.raw) mustBeOurs(context.req, given, visit, parts);
      if (route.guarded && !ofGuesses(visit.source, visit.atMs)) throw tooMany();
      const wide = isWide(route, visit);
      if (route.raw) return send(context, await route.handle({ ...visit, wide, signed: undefined, body: given.fields }), visit.jar, visit);
      const parsed = route.body?.safeParse(given.fields);
      if (parsed && !parsed.success) throw malformed(parsed.error.issues[0]);
      return send(context, await route.handle({ ...visit, wide, body: parsed?.data }), visit.jar, visit);
    });
  }
  app.notFound(async (context) => {
    const known = routes.some((route) => route.path === context.req.path || matches(route.path, context.req.path));
    return sendRefusal(context, known ? wrongMethod() : nothingHere(), await visitOf(context, parts));
  });
  app.onError(async (error, context) => {
    const refusal = refusalOf(error);
    if (!refusal || refusal.status === 503) log('a page could not be served', error);
    const says = 'Trapkey failed while serving this page. What the record does not show did not happen.';
    const nobody = { signed: undefined, csrf: html`` };
    const viewer = await visitOf(context, parts).catch(() => nobody);
    return sendRefusal(context, refusal ?? new HttpRefusal(503, 'internal', says, 'Try again in a moment.'), viewer);
  });
  return getRequestListener(app.fetch);
}

async function givenTo(route: Route, request: Request, path: string): Promise<Unparsed> {
  if (route.method === 'GET') return { fields: undefined, csrf: '' };
  if (route.raw) return { fields: { text: await request.text(), headers: request.headers } satisfies Raw, csrf: '' };
  return await bodyOf(request, path);
}

const none = ["'none'"];
const self = ["'self'"];
const headers = {
  contentSecurityPolicy: {
    defaultSrc: none,
    styleSrc: self,
    scriptSrc: self,
    imgSrc: self,
    connectSrc: self,
    formAction: self,
    frameAncestors: none,
    baseUri: none,
  },
  xFrameOptions: 'DENY',
  // Stricter, and browsers would not say of our own forms that they are ours.
  referrerPolicy: 'same-origin',
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: 'same-origin',
  crossOriginResourcePolicy: 'same-origin',
  permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
};

function matches(pattern: string, path: string): boolean {
  const [want, have] = [pattern.split('/'), path.split('/')];
  return want.length === have.length && want.every((part, at) => part.startsWith(':') || part === have[at]);
}

const tooMany = () => new HttpRefusal(429, 'limit_reached', 'Too many requests came at once. Nothing was changed.', 'Wait a few seconds.');
const tooLarge = () => new HttpRefusal(413, 'limit_reached', 'What was sent is too large. Nothing was changed.');
const nothingHere = () => new HttpRefusal(404, 'not_found', 'There is nothing at this address.');
const wrongMethod = () =>
  new HttpRefusal(405, 'invalid_input', 'Following a link changes nothing here. Nothing was changed.', 'Open the page and use its form.');

function malformed(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): HttpRefusal {
  const where = issue?.path.join('.') || 'the form';
  return new HttpRefusal(
    400,
    'invalid_input',
    `What was sent cannot be read: ${where}: ${issue?.message ?? 'not as expected'}. Nothing was changed.`,
  );
}
