import { batchActs } from '@trapkey/contract/api/batches.ts';
import { z } from 'zod';
import { UserError } from '../../../kernel/errors.ts';
import { type Answer, type Asked, HttpRefusal, type Route, route, signedIn } from '../../../kernel/http.ts';
import { lookers, openers } from '../../../kernel/sight.ts';
import { lastOf } from './audit/list-read.ts';
import { type ActBody, type ActName, acts } from './screens/acts.ts';
import { batchPage, changesPage, strangerPage } from './screens/batch-page.ts';
import type { BatchScreens } from './screens/doors.ts';
import { found, involved, seesPayloads, standingOf } from './screens/involved.ts';
import { jsonRoutes } from './screens/json.ts';
import { listPage } from './screens/list-page.ts';
import { changesAsked, listedFor } from './screens/listed.ts';

const shownMax = 12;
/** Everything that a form of a batch can send. */
const form = z.record(z.string().max(40), z.string().max(4_000));

/** Every address of batches: the list, one batch, its changes, what is done about it; as pages and as JSON. */
export function batchRoutes(doors: BatchScreens): readonly Route[] {
  return [
    ...looking(doors),
    ...(Object.keys(batchActs) as ActName[]).map((name) =>
      route({
        method: 'POST',
        path: `/b/:batch/${name}`,
        permission: 'signed in',
        body: form,
        handle: (asked) => act(doors, name, asked),
      }),
    ),
    ...jsonRoutes(doors),
  ];
}

function looking(doors: BatchScreens): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/batches',
      permission: { own: lookers },
      async handle(asked) {
        return { title: 'Batches', page: listPage(await listedFor(doors, signedIn(asked).who, asked.query)) };
      },
    }),
    route({ method: 'GET', path: '/b/:batch', permission: { own: openers }, handle: (asked) => showPage(doors, asked) }),
    route({
      method: 'GET',
      path: '/b/:batch/changes',
      permission: { own: openers },
      async handle(asked) {
        const { batch } = await involved(doors, asked);
        const filter = changesAsked({ max: '20', ...asked.query });
        const changes = await doors.desk.changes(batch.id, filter, { person: signedIn(asked).who.person, assurance: 'proved' });
        const next = lastOf(changes, filter);
        const at = { state: filter.which, next: next === undefined ? undefined : String(next) };
        return { title: `Changes of ${batch.id}`, page: changesPage(batch, changes, at) };
      },
    }),
  ];
}

/** A form as the act that the API would take; what cannot be read, or done, is said on the page. */
async function act<N extends ActName>(doors: BatchScreens, name: N, asked: Asked<z.output<typeof form>>): Promise<Answer> {
  const { batch } = await involved(doors, asked);
  try {
    const { n, seen_state: state, seen_wrong: wrong, ...rest } = asked.body;
    const seen = state !== undefined && { seen: { state, wrong: Number(wrong) } };
    const read = batchActs[name].safeParse({ ...rest, ...seen, ...(n !== undefined && { n: /^\d{1,8}$/.test(n) ? Number(n) : n }) });
    if (!read.success) throw new UserError(`${read.error.issues[0]?.message ?? 'That cannot be read'}. Nothing was changed.`);
    const acting = { batch: batch.id, by: signedIn(asked).who, via: 'page', summary: batch, atMs: asked.atMs };
    await acts[name](doors, acting, read.data as ActBody<N>);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return await showPage(doors, asked, error);
  }
  return { location: `/b/${batch.id}` };
}

async function showPage(doors: BatchScreens, asked: Asked<unknown>, error?: UserError): Promise<Answer> {
  const { desk, policy } = doors;
  const { who } = signedIn(asked);
  const summary = await found(doors, asked);
  const detail = await desk.show(summary.id, who);
  const standing = standingOf(doors, summary, who);
  if (!seesPayloads(standing) && !detail.eligible.may) {
    const named = standing === 'named' ? detail.eligible.says : undefined;
    return { title: `Batch ${summary.id}`, page: strangerPage(summary, policy().organization.owner, named), status: 403 };
  }
  const changes = (which: 'unmarked' | 'beside' | 'wrong' | 'unknown') =>
    desk.changes(summary.id, { which, after: 0, max: shownMax }, { person: who.person, assurance: 'proved' });
  const audited = summary.state === 'proposed' || summary.state === 'returned';
  const [left, beside, wrong, unknown] = [
    audited ? await changes('unmarked') : [],
    audited ? await changes('beside') : [],
    summary.wrong > 0 ? await changes('wrong') : [],
    summary.progress.unknown > 0 ? await changes('unknown') : [],
  ];
  const problem = error && { says: error.message, next: error.next };
  const status = error === undefined ? 200 : error instanceof HttpRefusal ? error.status : 409;
  return { title: `Batch ${summary.id}`, page: batchPage({ detail, left, beside, wrong, unknown, asked, problem }), status };
}
