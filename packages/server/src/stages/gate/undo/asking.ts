import type { undoActs, undoAsked } from '@trapkey/contract/api/undo.ts';
import { z } from 'zod';
import { type Asked, HttpRefusal, signedIn } from '../../../kernel/http.ts';
import { type UndoItemState, type UndoScope, type Undos, type UndoView, undoItemStates, undoStates } from '../../../kernel/undo.ts';
import { summaryJson } from '../../../kernel/undo-json.ts';

/** One act of a person on an undo, as API and form send it. */
export type ActName = keyof typeof undoActs;
/** What is sent with each. */
export type Body<N extends ActName> = z.output<(typeof undoActs)[N]>;
interface Acting {
  readonly undo: string;
  readonly by: Parameters<Undos['start']>[0]['by'];
  readonly via: string;
}
type Acts = { readonly [N in ActName]: (undos: Undos, act: Acting, body: Body<N>) => Promise<UndoView> };

/** What each does. */
export const acts: Acts = {
  start: (undos, act) => undos.start(act),
  include: (undos, act, body) => undos.include({ ...act, ...body }),
  pause: (undos, act, body) => undos.pause({ ...act, ...body }),
  resume: (undos, act) => undos.resume(act),
  abort: (undos, act, body) => undos.abort({ ...act, ...body }),
  settle: (undos, act, body) => undos.settle({ ...act, ...body }),
};
/** Which changes of an undo are asked for. */
export const itemFilter = z.object({
  state: z.enum(['all', ...(Object.keys(undoItemStates) as UndoItemState[])]).default('all'),
  after: z.coerce.number().int().min(0).default(0),
  max: z.coerce.number().int().min(1).max(1_000).default(100),
});
/** Which undos. */
const listFilter = z.object({
  state: z.enum(['open', 'all', ...(Object.keys(undoStates) as (keyof typeof undoStates)[])]).default('all'),
  max: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,16}~U-[0-9A-Z]{10}$/)
    .optional(),
});

/** Asks what could be taken back. */
export async function ask(undos: Undos, asked: Asked<z.output<typeof undoAsked>>, via: string): Promise<UndoView> {
  const { kind, id, since, reason } = asked.body;
  const scope: UndoScope = kind === 'release' ? { kind, id, sinceMs: Date.parse(since ?? '') } : { kind, id };
  return await undos.ask({ scope, reason, by: signedIn(asked).who, via });
}

/** A page of undos, with where the next begins. */
export async function listed(undos: Undos, asked: Asked<unknown>) {
  const { state, max, cursor } = read(listFilter, asked);
  const [at, id = ''] = cursor?.split('~') ?? [];
  const found = await undos.list({ state, max, after: at === undefined ? undefined : { askedAtMs: Number(at), id } });
  const last = found.length === max ? found.at(-1) : undefined;
  return { undos: found.map(summaryJson), next: last ? `${last.askedAtMs}~${last.id}` : null };
}

/** What the query asks for; throws in words where it cannot be read. */
export function read<T>(filter: z.ZodType<T>, { query }: Pick<Asked<unknown>, 'query'>): T {
  const parsed = filter.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new HttpRefusal(400, 'invalid_input', `${parsed.error.issues[0]?.path.join('.') ?? 'That'} cannot be read.`);
}
