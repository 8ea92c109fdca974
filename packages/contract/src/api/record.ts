import { z } from 'zod';

const count = z.number().int().nonnegative();

/** An entry with names resolved, in the fields of `entry.ts`; a page shows those that it knows. */
export const recordEntry = z.looseObject({
  entry: count,
  timestamp: z.string(),
  kind: z.string(),
  on_behalf_of: z.string().optional(),
  action: z.string().optional(),
  actor: z.string().optional(),
  approval: z.string().nullable().optional(),
  plugin: z.string().optional(),
  connector: z.string().optional(),
  tool: z.string().optional(),
  effect: z.string().optional(),
  tier: z.string().optional(),
  reach: z.number().nullable().optional(),
  destination: z.string().optional(),
  verdict: z.string().optional(),
  code: z.string().optional(),
  rule: z.string().optional(),
  ticket: z.string().optional(),
  batch: z.string().optional(),
  outcome: z.string().optional(),
  call: z.string().optional(),
  run: z.string().optional(),
  session: z.string().optional(),
  model: z.string().optional(),
  data_sources: z.array(z.string()).optional(),
  arguments: z.string().optional(),
  result: z.looseObject({ digest: z.string().optional(), rows: z.number().optional(), bytes: z.number() }).optional(),
  subject: z.string().optional(),
  reason: z.string().optional(),
  detail: z.string().optional(),
});
export type RecordEntry = z.output<typeof recordEntry>;

/**
 * A page, newest first. `GET /api/record?q=plugin:sales verdict:hold since:24h&max=50&before=` One question looks for a moment
 * only: a page may be short and still have a `next`, and `lookedTo` says how far down it looked.
 */
export const recordPage = z.object({
  entries: z.array(recordEntry),
  next: count.nullable(),
  lookedTo: count,
  /** Entries of the whole record. */
  size: count,
});
export type RecordPage = z.output<typeof recordPage>;

/** How often each value stands in what a query finds, among the newest entries. `GET /api/record/facets?q=` */
export const recordFacets = z.object({
  facets: z.array(
    z.object({
      field: z.string(),
      values: z.array(z.object({ value: z.string(), count })),
      more: count,
    }),
  ),
  matched: count,
  lookedTo: count,
  /** Older entries were not looked at. */
  more: z.boolean(),
});
export type RecordFacets = z.output<typeof recordFacets>;

const change = z.object({ change: z.string(), where: z.string() });

/** By number, call or citation. `GET /api/record/:id` */
export const recordShown = z.object({
  call: z.string().nullable(),
  entries: z.array(recordEntry),
  /** Why it was answered as it was, where it is a call. */
  explanation: z
    .looseObject({
      says: z.array(z.string()),
      verdict: z.string().nullable(),
      code: z.string().nullable(),
      rule: z.string().nullable(),
      approval: z.string().nullable(),
      outcome: z.string().nullable(),
      would_stop: z.array(change).optional(),
    })
    .nullable(),
});
export type RecordShown = z.output<typeof recordShown>;

/** What a call carried. `POST /api/record/:entry/payload` with `{ of: 'arguments' | 'result', reason? }`: that it was read is an entry. */
export const recordPayload = z.object({ digest: z.string(), payload: z.json(), cut: z.boolean() });
export type RecordPayload = z.output<typeof recordPayload>;

/** Whether the record is as it was written. `GET /api/record/verify`; `POST` looks at all of it anew. */
export const recordBadge = z.object({
  state: z.enum(['ok', 'damaged', 'unknown']),
  /** Entries below this were looked at. */
  to: count,
  size: count,
  atMs: z.number().nullable(),
  /** A look at all of it is under way. */
  looking: z.boolean(),
  says: z.string(),
  findings: z.array(z.object({ kind: z.string(), from: z.number().nullable(), to: z.number().nullable(), says: z.string() })),
});
export type RecordBadge = z.output<typeof recordBadge>;

/** What is sent to `POST /api/record/export`; the answer is a file. `jsonl` can be verified alone, `csv` is a table of what the query finds. */
export const recordExport = z.strictObject({
  query: z.string().max(4_000).optional(),
  format: z.enum(['jsonl', 'csv']).default('jsonl'),
  reason: z.string().max(500).optional(),
});
