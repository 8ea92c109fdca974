import { z } from 'zod';

/** Where an undo stands. The sentences are the server's: kernel/undo.ts. */
export const undoState = z.enum(['looking', 'looked', 'undoing', 'paused', 'undone', 'aborted']);

/** What becomes of one change. */
export const undoItemState = z.enum([
  'waiting',
  'possible',
  'same',
  'conflict',
  'lasting',
  'unclear',
  'barred',
  'elsewhere',
  'running',
  'undone',
  'failed',
  'unknown',
  'left',
]);

const count = z.int().nonnegative();

/** An undo: what of it can be taken back, and how far that has come. `GET /api/undos/:undo` */
export const undoSummary = z
  .object({
    id: z.string(),
    state: undoState,
    /** What there is to say of it, in sentences. */
    says: z.string(),
    scope: z.object({ kind: z.enum(['call', 'batch', 'run', 'release']), id: z.string(), since_ms: z.number().nullable() }).readonly(),
    /** plugin@version */
    release: z.string(),
    person: z.string(),
    reason: z.string(),
    asked_at_ms: z.number(),
    looked_at_ms: z.number().nullable(),
    started_by: z.string().nullable(),
    started_at_ms: z.number().nullable(),
    ended_by: z.string().nullable(),
    ended_at_ms: z.number().nullable(),
    /** Its own run; null until something was sent. */
    run: z.string().nullable(),
    items: count,
    counts: z.partialRecord(undoItemState, count).readonly(),
    step: count,
    target: count,
    paused_for: z.string().nullable(),
  })
  .readonly();
export type UndoSummary = z.output<typeof undoSummary>;

/** One change of an undo, the newest first. */
export const undoItem = z
  .object({
    n: count,
    /** The call that made the change. */
    call: z.string(),
    connector: z.string(),
    tool: z.string(),
    state: undoItemState,
    code: z.string().nullable(),
    says: z.string().nullable(),
    included: z.object({ by: z.string(), because: z.string() }).readonly().nullable(),
    /** The call that took it back. */
    ran: z.string().nullable(),
  })
  .readonly();
export type UndoItem = z.output<typeof undoItem>;

/** `GET /api/undos?state=&cursor=` */
export const undoList = z.object({ undos: z.array(undoSummary), next: z.string().nullable() });

/** `GET /api/undos/:undo/items?state=&after=` */
export const undoItemPage = z.object({ items: z.array(undoItem), next: z.number().nullable() });

const reason = z.string().trim().min(1, 'A reason is needed').max(500);

/** `POST /api/undos`: looks at what could be taken back, and changes nothing. A release only since a time. */
export const undoAsked = z
  .strictObject({
    kind: z.enum(['call', 'batch', 'run', 'release']),
    id: z.string().trim().min(1).max(200),
    /** For a release: RFC 3339. */
    since: z.iso.datetime({ offset: true }).optional(),
    reason,
  })
  .refine(({ kind, since }) => (kind === 'release') === (since !== undefined), {
    path: ['since'],
    message: 'A release is undone since a time; a call, a batch and a run as a whole',
  });

const n = z.int().min(1).max(10_000_000);

/** What is sent to `POST /api/undos/:undo/<act>`. */
export const undoActs = {
  start: z.strictObject({}),
  include: z.strictObject({ n, because: reason }),
  pause: z.strictObject({ reason }),
  resume: z.strictObject({}),
  abort: z.strictObject({ reason }),
  /** What became of one of which nobody knew: a person looked. */
  settle: z.strictObject({ n, as: z.enum(['done', 'not_done']), reason }),
} as const;
