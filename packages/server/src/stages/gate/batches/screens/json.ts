import { batchActs } from '@trapkey/contract/api/batches.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { z } from 'zod';
import { type Route, route, signedIn } from '../../../../kernel/http.ts';
import { lookers, openers } from '../../../../kernel/sight.ts';
import { lastOf } from '../audit/list-read.ts';
import { type ActBody, type ActName, acts } from './acts.ts';
import type { BatchScreens } from './doors.ts';
import { found, involved, seesPayloads, standingOf } from './involved.ts';
import { changesAsked, listedFor } from './listed.ts';

/** Batches for programs: the same acts, the same words, the same permissions as on their pages. */
export function jsonRoutes(doors: BatchScreens): readonly Route[] {
  return [...reading(doors), ...(Object.keys(batchActs) as ActName[]).map((name) => actRoute(doors, name))];
}

function reading(doors: BatchScreens): readonly Route[] {
  const { desk } = doors;
  return [
    route({
      method: 'GET',
      path: '/api/batches',
      permission: { own: lookers },
      async handle(asked) {
        const { batches, next } = await listedFor(doors, signedIn(asked).who, asked.query);
        return { json: { batches: batches as unknown as Json, next: next ?? null } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/batches/:batch',
      permission: { own: lookers },
      async handle(asked) {
        const { who } = signedIn(asked);
        const summary = await found(doors, asked);
        const detail = await desk.show(summary.id, who);
        const standing = standingOf(doors, summary, who);
        if (standing === 'stranger' && !detail.eligible.may) await involved(doors, asked);
        // Distributions are made of what the changes carry.
        return { json: (!seesPayloads(standing) && !detail.eligible.may ? { ...detail, proposal: null } : detail) as unknown as Json };
      },
    }),
    route({
      method: 'GET',
      path: '/api/batches/:batch/changes',
      permission: { own: openers },
      async handle(asked) {
        const { batch } = await involved(doors, asked);
        const filter = changesAsked(asked.query);
        const changes = await desk.changes(batch.id, filter, { person: signedIn(asked).who.person, assurance: 'proved' });
        const next = lastOf(changes, filter);
        return { json: { changes: changes as unknown as Json, next: next === undefined ? null : String(next) } };
      },
    }),
  ];
}

/** `POST /api/batches/:batch/<act>`; answers with the batch as it is then. */
function actRoute<N extends ActName>(doors: BatchScreens, name: N): Route {
  return route<ActBody<N>>({
    method: 'POST',
    path: `/api/batches/:batch/${name}`,
    permission: 'signed in',
    body: batchActs[name] as unknown as z.ZodType<ActBody<N>>,
    async handle(asked) {
      const { batch } = await involved(doors, asked);
      const act = { batch: batch.id, by: signedIn(asked).who, via: 'api', summary: batch, atMs: asked.atMs };
      await acts[name](doors, act, asked.body);
      return { json: (await doors.desk.find(batch.id)) as unknown as Json };
    },
  });
}
