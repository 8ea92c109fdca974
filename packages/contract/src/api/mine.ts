import { z } from 'zod';
import { listedTicket, rulePlace } from './approvals.ts';
import { runView } from './runs.ts';

const count = z.number().int().nonnegative();

/** A call of one's own agents that was refused, in plain words. */
export const refusedCall = z.object({
  call: z.string(),
  atMs: z.number(),
  /** plugin@version */
  release: z.string(),
  connector: z.string(),
  tool: z.string(),
  run: z.string().nullable(),
  code: z.string(),
  /** What the code means. */
  explains: z.string(),
  rule: z.string(),
  /** The rule as it is written, where it still is. */
  place: rulePlace.nullable(),
  /** Who can change that. */
  owner: z.string(),
  ticket: z.string().nullable(),
});
export type RefusedCall = z.output<typeof refusedCall>;

const request = z.object({
  id: z.string(),
  state: z.enum(['open', 'answered']),
  person: z.string(),
  rule: z.string(),
  call: z.string().optional(),
  text: z.string(),
  owner: z.string(),
  createdAtMs: z.number(),
  answer: z.string().optional(),
  answeredBy: z.string().optional(),
  answeredAtMs: z.number().optional(),
});

const grant = z.object({
  id: z.string(),
  state: z.enum(['live', 'expired', 'revoked']),
  plugin: z.string(),
  version: z.string(),
  connector: z.string(),
  tool: z.string(),
  bounds: z.string(),
  reachMax: z.number().optional(),
  countMax: z.number(),
  periodMs: z.number().optional(),
  used: z.number(),
  expiresAtMs: z.number(),
  because: z.string(),
  owner: z.string(),
});

/** What one's own agents did, and what came of it. `GET /api/mine`; a stop of one's own is `POST /api/stops` with `person:<me>` or `run:<id>`. */
export const mine = z.object({
  person: z.string(),
  /** What to name to stop everything that runs for oneself. */
  stopScope: z.string(),
  runs: z.array(runView),
  /** Held or approved, and not over. */
  waiting: z.array(listedTicket),
  /** Tickets that are over, newest first. */
  decided: z.array(listedTicket),
  /** Of the last seven days, newest first. */
  refused: z.array(refusedCall),
  refusedMore: z.boolean(),
  requests: z.array(request),
  /** Requests of others that wait for one's own answer. */
  toAnswer: z.array(request),
  grants: z.array(grant),
  stops: z.array(
    z.object({ id: z.string(), scope: z.string(), mode: z.enum(['freeze', 'full']), by: z.string(), reason: z.string(), atMs: z.number() }),
  ),
  limits: z.array(z.object({ id: z.string(), text: z.string(), used: z.number(), max: z.number(), atMs: z.number(), owner: z.string() })),
  tokens: z.array(z.object({ plugin: z.string(), version: z.string(), connector: z.string(), expiresAtMs: z.number() })),
  tokensMore: count,
});
export type Mine = z.output<typeof mine>;
