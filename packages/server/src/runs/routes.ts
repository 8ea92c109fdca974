import type { CallReplay, RunCalls } from '@trapkey/contract/api/runs.ts';
import type { Entry } from '@trapkey/contract/entry.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { parseDurationMs } from '../kernel/duration.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../kernel/http.ts';
import type { RunDetail, RunLists, RunView } from '../kernel/run-views.ts';
import { lookers } from '../kernel/sight.ts';
import { callsOf, type Untrusted } from './spans/spans.ts';

const callsMax = 500;

/** What the addresses of runs work with. */
export interface RunDoors {
  readonly runs: RunLists;
  /** Entries of the calls of a run, a page of calls at a time, and where to go on. */
  readonly entries: (
    run: RunView,
    page: { readonly after: number | undefined; readonly max: number },
  ) => Promise<{
    readonly entries: readonly Entry[];
    readonly next: number | undefined;
  }>;
  readonly untrusted: Untrusted;
  /** Plugins that policy names somebody as the owner of. */
  readonly owned: (person: string) => readonly string[];
  /** A call of then under the policy of now; undefined where there is no such call. */
  readonly replay: (call: string) => Promise<(CallReplay & { readonly person: string | undefined }) | undefined>;
}

const filter = z.object({
  /** `owned`: of the plugins that one owns, whoever ran them. */
  of: z.enum(['mine', 'owned']).default('mine'),
  person: z.string().max(254).optional(),
  plugin: z.string().max(100).optional(),
  outcome: z.enum(['refused', 'held']).optional(),
  tier: z.enum(['low', 'medium', 'high']).optional(),
  coverage: z.enum(['hook', 'gateway']).optional(),
  since: z
    .string()
    .refine((text) => parseDurationMs(text) !== undefined)
    .optional(),
  after: z
    .string()
    .regex(/^\d{1,16}\.R-[0-9A-Z]{10}$/)
    .optional(),
  max: z.coerce.number().int().min(1).max(200).default(100),
});
const paging = z.object({ after: z.coerce.number().int().optional(), max: z.coerce.number().int().min(1).max(callsMax).default(200) });

/** `/api/runs`: one's own; everybody's for whoever looks after all. */
export function runRoutes(doors: RunDoors): readonly Route[] {
  return [list(doors), ...detail(doors)];
}

function list({ runs, owned }: RunDoors): Route {
  return route({
    method: 'GET',
    path: '/api/runs',
    permission: { own: lookers },
    async handle(asked) {
      const { max, after, since, person, of, ...rest } = read(filter, asked);
      const me = signedIn(asked).who.person;
      const wide = asked.wide || of === 'owned';
      const [startedAtMs, id] = after?.split('.') ?? [];
      const found = await runs.list({
        ...rest,
        person: wide ? person?.trim().toLowerCase() || undefined : me,
        plugins: of === 'owned' ? owned(me) : undefined,
        sinceMs: since === undefined ? undefined : asked.atMs - (parseDurationMs(since) ?? 0),
        after: id === undefined ? undefined : { startedAtMs: Number(startedAtMs), id },
        max: max + 1,
      });
      const page = found.slice(0, max);
      const last = found.length > max ? page.at(-1) : undefined;
      return { json: { runs: page as unknown as Json, next: last ? `${last.startedAtMs}.${last.id}` : null } };
    },
  });
}

function detail(doors: RunDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/runs/:id',
      permission: { own: lookers },
      handle: async (asked) => ({ json: (await found(doors, asked)) as unknown as Json }),
    }),
    route({
      method: 'GET',
      path: '/api/runs/:id/calls',
      permission: { own: lookers },
      async handle(asked) {
        const { after, max } = read(paging, asked);
        const { entries, next } = await doors.entries(await found(doors, asked), { after, max });
        const page: RunCalls = { calls: [...callsOf(entries, doors.untrusted)], next: next ?? null };
        return { json: page satisfies Json };
      },
    }),
    route({
      method: 'GET',
      path: '/api/calls/:call/replay',
      permission: { own: lookers },
      async handle(asked) {
        const replayed = await doors.replay(asked.params['call'] ?? '');
        if (!replayed || !(asked.wide || replayed.person?.toLowerCase() === signedIn(asked).who.person)) throw none('call');
        const { person: _person, ...shown } = replayed;
        return { json: shown satisfies Json };
      },
    }),
  ];
}

async function found({ runs, owned }: RunDoors, asked: Asked<unknown>): Promise<RunDetail> {
  const { person } = signedIn(asked).who;
  const run = await runs.show(asked.params['id'] ?? '');
  const mine = run && (run.person === person || owned(person).includes(run.release.split('@')[0] ?? ''));
  // The same words for a run of somebody else and for none.
  if (!run || !(asked.wide || mine)) throw none('run');
  return run;
}

function none(what: string): HttpRefusal {
  return new HttpRefusal(404, 'not_found', `There is no such ${what} that you may look at.`, 'See /api/runs.');
}

function read<S extends z.ZodObject>(schema: S, { query }: Pick<Asked<unknown>, 'query'>): z.output<S> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new HttpRefusal(400, 'invalid_input', `The query cannot be read: ${where}.`, 'See docs/guides/api.md.');
}
