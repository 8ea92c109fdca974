import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import type { AlertAct, Alerts, AlertView } from '../../kernel/alerts.ts';
import { parseDurationMs } from '../../kernel/duration.ts';
import { UserError } from '../../kernel/errors.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../../kernel/http.ts';
import { lookers, runners } from '../../kernel/sight.ts';
import { alertPage, alertsPage } from './page.ts';

const acting = z.strictObject({
  act: z.enum(['acknowledge', 'resolve', 'mute']),
  reason: z.string().max(2_000),
  for: z.string().max(10).optional().describe('mute: 30m, 8h, 7d'),
});
const looking = { own: lookers } as const;
const acts = { own: runners } as const;
const states = z.enum(['unresolved', 'open', 'acknowledged', 'resolved', 'all']).default('unresolved');

/** Alerts for people and programs. Looking changes nothing: only the form does. */
export function alertRoutes({ alerts }: { readonly alerts: Alerts }): readonly Route[] {
  return [...pages(alerts), ...json(alerts)];
}

function pages(alerts: Alerts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/alerts',
      permission: looking,
      async handle(asked) {
        const state = stateOf(asked);
        return { title: 'Alerts', page: alertsPage(await visible(alerts, asked, state), state, asked.atMs) };
      },
    }),
    route({
      method: 'GET',
      path: '/alerts/:alert',
      permission: looking,
      handle: async (asked) => ({ title: 'Alert', page: alertPage(asked, await found(alerts, asked)) }),
    }),
    route({
      method: 'POST',
      path: '/alerts/:alert/act',
      permission: acts,
      body: acting,
      async handle(asked) {
        const alert = await found(alerts, asked);
        try {
          await act(alerts, { alert: alert.id, by: signedIn(asked).who, reason: asked.body.reason, via: 'page' }, asked.body);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          return { title: 'Alert', page: alertPage(asked, alert, error.message), status: 409 };
        }
        return { location: `/alerts/${alert.id}` };
      },
    }),
  ];
}

function json(alerts: Alerts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/alerts',
      permission: looking,
      handle: async (asked) => ({
        json: { alerts: (await visible(alerts, asked, stateOf(asked))) as unknown as Json },
      }),
    }),
    route({
      method: 'GET',
      path: '/api/alerts/:alert',
      permission: looking,
      handle: async (asked) => ({ json: (await found(alerts, asked)) as unknown as Json }),
    }),
    route({
      method: 'POST',
      path: '/api/alerts/:alert/act',
      permission: acts,
      body: acting,
      async handle(asked) {
        const { id } = await found(alerts, asked);
        const done = await act(alerts, { alert: id, by: signedIn(asked).who, reason: asked.body.reason, via: 'api' }, asked.body);
        return { json: done as unknown as Json };
      },
    }),
  ];
}

async function act(alerts: Alerts, of: AlertAct, body: z.output<typeof acting>): Promise<AlertView> {
  if (body.act !== 'mute') return await alerts[body.act](of);
  const forMs = parseDurationMs(body.for ?? '');
  if (forMs === undefined) throw new UserError('How long it is muted is a whole number and a unit: 30m, 8h, 7d. Nothing was changed.');
  return await alerts.mute({ ...of, forMs });
}

function stateOf(asked: Pick<Asked<unknown>, 'query'>): z.output<typeof states> {
  const read = states.safeParse(asked.query['state']);
  if (read.success) return read.data;
  throw new HttpRefusal(400, 'invalid_input', 'The state of an alert is unresolved, open, acknowledged, resolved or all.');
}

/** All of them, or those about what one owns. */
async function visible(alerts: Alerts, asked: Asked<unknown>, state: z.output<typeof states>): Promise<readonly AlertView[]> {
  const { who } = signedIn(asked);
  return (await alerts.list({ state })).filter((alert) => asked.wide || alerts.mayAct(alert, who));
}

async function found(alerts: Alerts, asked: Asked<unknown>): Promise<NonNullable<Awaited<ReturnType<Alerts['show']>>>> {
  const alert = await alerts.show(asked.params['alert'] ?? '');
  if (alert && (asked.wide || alerts.mayAct(alert, signedIn(asked).who))) return alert;
  throw new HttpRefusal(404, 'not_found', 'There is no such alert. Nothing was changed.', 'See those that are yours at /alerts.');
}
