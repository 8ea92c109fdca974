import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { UserError } from '../../../kernel/errors.ts';
import { type Answer, type Asked, HttpRefusal, type Route, route, signedIn } from '../../../kernel/http.ts';
import { lookers, runners } from '../../../kernel/sight.ts';
import { asking, engageFor, mayStop, type StopScreens } from './asking.ts';
import { stopPage } from './page.ts';

const historyMax = 1_000;
const releasing = z.strictObject({ reason: z.string().min(1).max(4_000) });
const form = z.strictObject({
  scope: z.string().min(1).max(300),
  mode: z.enum(['full', 'freeze']).default('full'),
  reason: z.string().max(4_000),
  lasts: z.string().max(20).optional(),
  with_connectors: z.literal('yes').optional(),
});

/** Every address of stops: the page, and the same acts as JSON. Releasing is for administrators, wide ones for another person. */
export function stopRoutes(doors: StopScreens): readonly Route[] {
  return [...pages(doors), ...looking(doors), ...acting(doors)];
}

function looking({ stops, desk, policy }: StopScreens): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/stops',
      permission: { own: lookers },
      async handle(asked) {
        const all = asked.query['state'] === 'all' && asked.wide;
        const { stops: engaged, unreadable } = stops.current();
        return { json: { stops: (all ? await stops.history(historyMax) : engaged) as unknown as Json, unreadable } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/stops/preview',
      permission: { own: runners },
      async handle(asked) {
        const scope = await desk.resolve(asked.query['scope'] ?? '');
        mayStop(policy(), signedIn(asked), scope);
        const also = asked.query['with_connectors'] === 'true' ? desk.alsoOf(scope) : [];
        return { json: (await desk.preview(scope, also)) as unknown as Json };
      },
    }),
    route({
      method: 'GET',
      path: '/api/stops/:stop',
      permission: lookers,
      async handle(asked) {
        const found = await stops.show((asked.params['stop'] ?? '').toUpperCase());
        if (found) return { json: found as unknown as Json };
        throw new HttpRefusal(404, 'not_found', 'There is no such stop.', 'See them all at /api/stops?state=all.');
      },
    }),
  ];
}

function acting(doors: StopScreens): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/stops',
      permission: { own: runners },
      body: asking,
      handle: async (asked) => ({ json: (await engageFor(doors, signedIn(asked), asked.body, asked.atMs)) as unknown as Json }),
    }),
    route({
      method: 'POST',
      path: '/api/stops/:stop/release',
      permission: ['administrator'],
      body: releasing,
      async handle(asked) {
        const stop = (asked.params['stop'] ?? '').toUpperCase();
        const released = await doors.stops.release({ stop, by: signedIn(asked).who, reason: asked.body.reason });
        return { json: { released: released as unknown as Json } };
      },
    }),
  ];
}

function pages(doors: StopScreens): readonly Route[] {
  const page = (asked: Asked<unknown>, problem?: UserError): Answer => {
    const { stops, unreadable } = doors.stops.current();
    const status = problem instanceof HttpRefusal ? problem.status : 409;
    return { title: 'Stops', page: stopPage({ stops, unreadable, asked, problem }), ...(problem && { status }) };
  };
  const trying = async (asked: Asked<unknown>, act: () => Promise<unknown>): Promise<Answer> => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return page(asked, error);
    }
    return { location: '/stops' };
  };
  return [
    route({ method: 'GET', path: '/stops', permission: 'signed in', handle: (asked) => page(asked) }),
    route({
      method: 'POST',
      path: '/stops',
      permission: { own: runners },
      body: form,
      handle: (asked) =>
        trying(asked, () => {
          const { with_connectors, ...rest } = asked.body;
          const body = { ...rest, with_connectors: with_connectors === 'yes', revoke: false };
          return engageFor(doors, signedIn(asked), body, asked.atMs);
        }),
    }),
    route({
      method: 'POST',
      path: '/stops/:stop/release',
      permission: ['administrator'],
      body: releasing,
      handle: (asked) =>
        trying(asked, () => doors.stops.release({ stop: asked.params['stop'] ?? '', by: signedIn(asked).who, reason: asked.body.reason })),
    }),
  ];
}
