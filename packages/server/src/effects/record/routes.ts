import { type RecordPayload, type RecordShown, recordExport } from '@trapkey/contract/api/record.ts';
import type { Entry } from '@trapkey/contract/entry.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import type { Acting } from '../../kernel/approvals.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../../kernel/http.ts';
import type { RecordHouse } from '../../kernel/record-house.ts';
import { lookers, openers } from '../../kernel/sight.ts';
import type { Badge } from './desk/badge.ts';
import type { Looking } from './desk/looking.ts';

const payloadCharactersMax = 1_000_000;

/** What the addresses of the record work with. */
export interface RecordDoors {
  readonly looking: Looking;
  readonly badge: Badge;
  /** Exports are recorded under the name of whoever asks. */
  readonly house: (by: Acting) => Pick<RecordHouse, 'show' | 'explain' | 'export'>;
  readonly table: (query: string, by: Acting, reason: string | undefined) => AsyncIterable<string>;
  readonly payload: (digest: string, by: Acting, reason: string | undefined) => Promise<Json>;
}

const paging = z.object({
  q: z.string().max(4_000).default(''),
  max: z.coerce.number().int().min(1).max(500).default(50),
  before: z.coerce.number().int().min(0).optional(),
});
const reading = z.strictObject({ of: z.enum(['arguments', 'result']), reason: z.string().max(500).optional() });

/** The record over HTTP. What calls carried is only for who may open it, and that they did is an entry. */
export function recordRoutes(doors: RecordDoors): readonly Route[] {
  return [...looking(doors), ...opening(doors)];
}

function looking({ looking: look, badge, house }: RecordDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/record',
      permission: lookers,
      async handle(asked) {
        const { q, max, before } = queryOf(asked);
        return { json: (await look.page(q, { max, before })) as Json };
      },
    }),
    route({
      method: 'GET',
      path: '/api/record/facets',
      permission: lookers,
      handle: async (asked) => ({ json: (await look.facets(queryOf(asked).q)) satisfies Json }),
    }),
    route({
      method: 'GET',
      path: '/api/record/verify',
      permission: lookers,
      handle: async () => ({ json: (await badge.state()) satisfies Json }),
    }),
    route({
      method: 'POST',
      path: '/api/record/verify',
      permission: openers,
      body: z.strictObject({}),
      handle: async () => ({ json: (await badge.lookAtAll()) satisfies Json }),
    }),
    route({
      method: 'GET',
      path: '/api/record/:id',
      permission: { own: lookers },
      async handle(asked) {
        const shown = await found(asked, house(acting(asked)));
        const call = shown.call ?? null;
        const explanation = call === null ? undefined : await house(acting(asked)).explain(call);
        return { json: plain<RecordShown>({ call, entries: shown.entries, explanation: explanation ?? null }) as Json };
      },
    }),
  ];
}

function opening({ looking: look, house, table, payload }: RecordDoors): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/record/:id/payload',
      permission: { own: openers },
      body: reading,
      async handle(asked) {
        const by = acting(asked);
        const { entries } = await found(asked, house(by));
        const digest = entries.map((entry) => (asked.body.of === 'arguments' ? entry.arguments : entry.result?.digest)).find(Boolean);
        if (digest === undefined) throw new HttpRefusal(404, 'not_found', `Nothing is kept of its ${asked.body.of}.`);
        const opened = shownOf(await payload(digest, by, asked.body.reason));
        const text = JSON.stringify(opened);
        const cut = text.length > payloadCharactersMax;
        const shown: RecordPayload = {
          digest,
          payload: (cut ? `${text.slice(0, payloadCharactersMax)}…` : opened) as RecordPayload['payload'],
          cut,
        };
        return { json: shown as Json };
      },
    }),
    route({
      method: 'POST',
      path: '/api/record/export',
      permission: ['administrator', 'auditor'],
      body: recordExport,
      handle(asked) {
        const { query, format, reason } = asked.body;
        // Before anything is sent: what began as a file can say no more.
        look.check(query ?? '');
        const by = acting(asked);
        const name = `record-${new Date(asked.atMs).toISOString().slice(0, 16).replaceAll(/[:T]/g, '-')}.${format}`;
        if (format === 'csv') return { stream: () => table(query ?? '', by, reason), name, type: 'text/csv' };
        const order = { ...(query ? { query } : {}), ...(reason !== undefined && { reason }) };
        return { stream: () => house(by).export(order), name, type: 'application/x-ndjson' };
      },
    }),
  ];
}

function acting(asked: Asked<unknown>): Acting {
  return { person: signedIn(asked).who.person, assurance: 'proved' };
}

/** By number, call or citation; the same words for what somebody else did and for nothing. */
async function found(
  asked: Asked<unknown>,
  house: Pick<RecordHouse, 'show'>,
): Promise<NonNullable<Awaited<ReturnType<RecordHouse['show']>>>> {
  const shown = await house.show(asked.params['id'] ?? '');
  const mine = ({ on_behalf_of }: Entry) => on_behalf_of?.toLowerCase() === signedIn(asked).who.person;
  if (shown && asked.wide) return shown;
  // Who else looked at it is not for whoever asked for it.
  const entries = shown?.entries.filter(({ kind }) => kind !== 'admin') ?? [];
  if (shown && entries[0] && mine(entries[0])) return { ...shown, entries };
  throw new HttpRefusal(
    404,
    'not_found',
    'There is no such entry or call that you may look at.',
    'Give the number of an entry, the id of a call, or a citation trapkey:<call>.',
  );
}

/** Of the inputs of a decision, what the call carried; the rest is how it came. */
function shownOf(payload: Json): Json {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload) || !('arguments' in payload)) return payload;
  const { arguments: args, extra } = payload as { readonly arguments: Json; readonly extra?: Json };
  return { arguments: args, ...(extra !== undefined && { extra }) };
}

function queryOf({ query }: Pick<Asked<unknown>, 'query'>): z.output<typeof paging> {
  const read = paging.safeParse(query);
  if (read.success) return read.data;
  throw new HttpRefusal(400, 'invalid_input', 'A page of the record has up to 500 entries, and goes on below the number of one (before).');
}

function plain<T>(value: unknown): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
