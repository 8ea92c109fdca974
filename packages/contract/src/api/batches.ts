import { z } from 'zod';

/** Where a batch stands. The sentences are the server's: kernel/batches.ts. */
export const batchState = z.enum([
  'open',
  'proposed',
  'returned',
  'ready',
  'applying',
  'paused',
  'applied',
  'aborted',
  'refused',
  'withdrawn',
]);

/** What became of one change. */
export const changeState = z.enum(['applied_before', 'staged', 'running', 'done', 'failed', 'conflict', 'refused', 'unknown', 'dropped']);

const count = z.int().nonnegative();
const names = z.array(z.string()).readonly();
const counted = z.object({ value: z.string(), count }).readonly();

const batchApproval = z
  .object({ person: z.string(), at_ms: z.number(), kind: z.enum(['human', 'self']), in_place_of: z.string().nullable() })
  .readonly();

/** A batch as lists show it: no payloads. */
export const batchSummary = z
  .object({
    id: z.string(),
    state: batchState,
    /** Its state as a sentence. */
    says: z.string(),
    person: z.string(),
    /** plugin@version */
    release: z.string(),
    run: z.string(),
    tools: z.array(z.object({ tool: z.string(), effect: z.string(), count }).readonly()).readonly(),
    changes: count,
    reach: count,
    /** One of its effects cannot be taken back. */
    lasting: z.boolean(),
    tier: z.enum(['medium', 'high']),
    created_at_ms: z.number(),
    submitted_at_ms: z.number().nullable(),
    decided_at_ms: z.number().nullable(),
    ended_at_ms: z.number().nullable(),
    /** 1 for the first submission. */
    attempt: count,
    /** The returned batch that it comes after. */
    replaces: z.string().nullable(),
    inspection: z.string().nullable(),
    /** So many were drawn by lot, so many of them are marked, so many of all marked are wrong. */
    sample: count,
    marked: count,
    wrong: count,
    asked: names,
    /** Approvals of the whole; 0 where the sample is enough. */
    needs: count,
    distinct: names,
    approvals: z.array(batchApproval).readonly(),
    rule: z.string(),
    reason: z.string().nullable(),
    paused_for: z.string().nullable(),
    applied_by: z.string().nullable(),
    progress: z
      .object({ step: count, target: count, done: count, failed: count, conflicts: count, refused: count, unknown: count })
      .readonly(),
    frozen: z.object({ stop: z.string(), says: z.string() }).readonly().nullable(),
  })
  .readonly();
export type BatchSummary = z.output<typeof batchSummary>;

/** What the sample says of the whole batch. `says` is the same in words. */
export const batchStatement = z
  .object({
    size: count,
    sampled: count,
    wrong: count,
    confidence: z.number(),
    ruled_out: count.nullable(),
    ruled_out_share: z.number().nullable(),
    needed: z.array(z.object({ share: z.number(), changes: count, sample: count }).readonly()).readonly(),
    says: z.string(),
  })
  .readonly();
export type BatchStatement = z.output<typeof batchStatement>;

/** Totals and distributions, computed once when the batch was submitted. */
export const batchProposal = z
  .object({
    reach: z.object({ records: count, people: count, unknown: count }).readonly(),
    destinations: z.array(counted).readonly(),
    fields: z
      .array(
        z
          .object({
            tool: z.string(),
            field: z.string(),
            /** Most frequent first; `from` is null where what was there is not known. */
            values: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable(), count }).readonly()).readonly(),
            /** Changes whose values are not among these, and how many kinds of values there are at least. */
            rest: count,
            kinds: count,
          })
          .readonly(),
      )
      .readonly(),
    lists: z.array(z.object({ list: z.string(), changes: count, examples: z.array(count).readonly() }).readonly()).readonly(),
    duplicates: z.object({ records: count, changes: count, examples: z.array(z.array(count).readonly()).readonly() }).readonly(),
    conflicts: z
      .array(
        z
          .object({ batch: z.string(), state: batchState, person: z.string(), records: count, examples: z.array(count).readonly() })
          .readonly(),
      )
      .readonly(),
    /** Changes whose payloads could not be opened. */
    unreadable: count,
  })
  .readonly();
export type BatchProposal = z.output<typeof batchProposal>;

const json = z.json();

/** One change, with what it would alter. */
export const batchChange = z
  .object({
    /** From 1; what ran before the batch began has numbers from 0 downwards. */
    n: z.int(),
    state: changeState,
    connector: z.string(),
    tool: z.string(),
    effect: z.string(),
    reach: count.nullable(),
    destination: z.string(),
    lists: names,
    /** Its place in the draw from 1; null where it was not drawn. */
    drawn: count.nullable(),
    /** Why it is shown beside the sample. */
    shown_because: z.string().nullable(),
    mark: z.enum(['right', 'wrong']).nullable(),
    marked_by: z.string().nullable(),
    marked_at_ms: z.number().nullable(),
    note: z.string().nullable(),
    code: z.string().nullable(),
    /** Field by field; `from` is absent where what was there is not known. Null where the payload cannot be opened. */
    diff: z
      .array(z.object({ field: z.string(), from: json.optional(), to: json.optional() }).readonly())
      .readonly()
      .nullable(),
    /** What stands beside the changed fields, so that a person knows which record it is. */
    record: json.optional(),
    args: json.optional(),
  })
  .readonly();
export type BatchChange = z.output<typeof batchChange>;

/** What one person may do with a batch now; `says` is why not. */
const may = z.union([z.object({ may: z.literal(true) }), z.object({ may: z.literal(false), says: z.string() })]);

/** `GET /api/batches/:id` */
export const batchDetail = z
  .object({
    batch: batchSummary,
    /** Null until it is submitted. */
    proposal: batchProposal.nullable(),
    /** Null until each drawn change is marked. */
    statement: batchStatement.nullable(),
    /** What a clean sample of this size would say. */
    clean: batchStatement.nullable(),
    because: z.string().nullable(),
    draw: z.object({ commitment: z.string().nullable(), seed: z.string().nullable(), root: z.string().nullable() }).readonly(),
    waits_for: z.string().nullable(),
    /** An approval of the whole would count now. */
    approvable: z.boolean(),
    /** How many of its changes were taken back, and by which undos. */
    undone: z.object({ changes: count, undos: names }).readonly(),
    eligible: may,
  })
  .readonly();
export type BatchDetail = z.output<typeof batchDetail>;

/** `GET /api/batches?state=&cursor=` */
export const batchList = z.object({ batches: z.array(batchSummary), next: z.string().nullable() });

/** Which changes `GET /api/batches/:id/changes?state=` gives: in a state, of the sample, shown beside it, left to mark, wrong, or all. */
export const changeChoice = z.enum([...changeState.options, 'sample', 'extra', 'unmarked', 'beside', 'wrong', 'all']);

/** `GET /api/batches/:id/changes?state=&cursor=` */
export const changePage = z.object({ changes: z.array(batchChange), next: z.string().nullable() });

const words = z.string().trim().max(500);
const reason = words.min(1, 'A reason is needed');
const n = z.int().min(1).max(10_000_000);

/** What is sent to `POST /api/batches/:id/<act>`. */
export const batchActs = {
  mark: z
    .strictObject({ n, mark: z.enum(['right', 'wrong']), note: words.default('') })
    .refine(({ mark, note }) => mark === 'right' || note !== '', {
      path: ['note'],
      message: 'Say what is wrong: the agent and the owner read it',
    }),
  approve: z.strictObject({
    reason: words.default(''),
    confirm: z.union([z.string().max(40), z.number()]).optional(),
    /** How it stood when whoever approves looked at it: somebody may find something wrong while they decide. */
    seen: z.strictObject({ state: batchState, wrong: count }).optional(),
  }),
  refuse: z.strictObject({ reason }),
  apply: z.strictObject({}),
  pause: z.strictObject({ reason }),
  resume: z.strictObject({}),
  abort: z.strictObject({ reason }),
  settle: z.strictObject({ n, as: z.enum(['done', 'not_done']), reason }),
} as const;
