import { z } from 'zod';

const count = z.number().int().nonnegative();

/** What came of calls and tickets in one hour. */
export const hour = z.object({
  atMs: z.number(),
  allowed: count,
  /** Calls that policy or a limit refused. */
  denied: count,
  held: count,
  approved: count,
  /** Tickets that a person refused. */
  refused: count,
});
export type Hour = z.output<typeof hour>;

/** Is anything wrong right now. `GET /api/home?hours=24` */
export const home = z.object({
  nowMs: z.number(),
  held: z.object({ count, oldestAtMs: z.number().nullable(), yours: count, yoursMore: z.boolean() }),
  /** Calls refused and held within the last 24 hours. */
  lastDay: z.object({ denied: count, held: count, allowed: count }),
  stops: z.object({
    count,
    newest: z.array(z.object({ id: z.string(), scope: z.string(), mode: z.enum(['freeze', 'full']), by: z.string(), atMs: z.number() })),
    /** The stops cannot be read, so everything counts as stopped. */
    unreadable: z.boolean(),
  }),
  alerts: z.object({
    count,
    newest: z.array(
      z.object({ id: z.string(), kind: z.string(), title: z.string(), says: z.string(), state: z.string(), lastAtMs: z.number() }),
    ),
  }),
  /** Sources of hooks or telemetry that say nothing any more. */
  silent: z.array(z.object({ alert: z.string(), scope: z.string(), says: z.string(), sinceMs: z.number() })),
  rehearsal: z
    .object({ id: z.string(), state: z.string(), says: z.string(), atMs: z.number(), refusedAfterMs: z.number().nullable() })
    .nullable(),
  plugins: z.array(
    z.object({
      plugin: z.string(),
      version: z.string(),
      owner: z.string(),
      mode: z.enum(['observe', 'warn', 'enforce']),
      stopped: z.boolean(),
    }),
  ),
  /** Oldest first, without gaps. */
  hours: z.array(hour),
  /** Limits that are nearly used up, the fullest first. */
  budgets: z.array(
    z.object({
      key: z.string(),
      rule: z.string(),
      who: z.string(),
      text: z.string(),
      used: z.number(),
      max: z.number(),
      open: z.boolean(),
    }),
  ),
  /** What a new deployment still has to see. */
  steps: z.object({ plugins: z.boolean(), called: z.boolean(), enforced: z.boolean() }),
});
export type Home = z.output<typeof home>;
