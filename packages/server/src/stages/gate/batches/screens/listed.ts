import { type BatchSummary, batchState, changeChoice } from '@trapkey/contract/api/batches.ts';
import { z } from 'zod';
import type { ProvenPerson } from '../../../../kernel/approvals.ts';
import type { BatchFilter, ChangeFilter } from '../../../../kernel/batch-desk.ts';
import { HttpRefusal } from '../../../../kernel/http.ts';
import type { BatchScreens } from './doors.ts';
import { standingOf } from './involved.ts';

const pageMax = 100;
/** Batches that are looked at for one page, where most concern somebody else. */
const lookedAtMax = 1_000;
/** Before the first number that a change can have. */
const firstOfAll = -1_000_000_000;

const cursor = /^(\d{1,16})\.(B-[0-9A-Z]{10})$/;
const max = z.coerce.number().int().min(1).max(pageMax);

/** How a list of batches is asked for. */
const listQuery = z.object({
  state: z.enum(['waiting', 'all', ...batchState.options]).default('waiting'),
  cursor: z.string().regex(cursor).optional(),
  max: max.default(50),
});

/** How changes of one are. */
const changeQuery = z.object({
  state: changeChoice.default('all'),
  cursor: z
    .string()
    .regex(/^-?\d{1,10}$/)
    .optional(),
  max: max.default(50),
});

/** Batches that concern somebody, and where to go on. */
export interface ListedBatches {
  readonly batches: readonly BatchSummary[];
  readonly next: string | undefined;
  readonly state: BatchFilter['state'];
}

/** Reads pages until enough concern this person; a page may be short and not the last. */
export async function listedFor(doors: BatchScreens, who: ProvenPerson, given: Readonly<Record<string, string>>): Promise<ListedBatches> {
  const asked = read(listQuery, given, '/batches');
  const [, createdAtMs, id] = cursor.exec(asked.cursor ?? '') ?? [];
  let after: BatchFilter['after'] = createdAtMs === undefined || id === undefined ? undefined : { createdAtMs: Number(createdAtMs), id };
  const batches: BatchSummary[] = [];
  for (let looked = 0; looked < lookedAtMax; looked += pageMax) {
    const page = await doors.desk.list({ state: asked.state, max: pageMax, after });
    for (const batch of page) {
      after = { createdAtMs: batch.created_at_ms, id: batch.id };
      if (standingOf(doors, batch, who) !== 'stranger') batches.push(batch);
      if (batches.length >= asked.max) return { batches, next: textOf(after), state: asked.state };
    }
    if (page.length < pageMax) return { batches, next: undefined, state: asked.state };
  }
  return { batches, next: after && textOf(after), state: asked.state };
}

/** Which changes an address asks for. */
export function changesAsked(given: Readonly<Record<string, string>>): ChangeFilter {
  const asked = read(changeQuery, given, '/batches');
  return { which: asked.state, after: asked.cursor === undefined ? firstOfAll : Number(asked.cursor), max: asked.max };
}

function textOf({ createdAtMs, id }: NonNullable<BatchFilter['after']>): string {
  return `${createdAtMs}.${id}`;
}

function read<T>(schema: z.ZodType<T>, given: Readonly<Record<string, string>>, page: string): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' };
  throw new HttpRefusal(400, 'invalid_input', `The query cannot be read: ${path.join('.')}: ${message}.`, `See what waits at ${page}.`);
}
