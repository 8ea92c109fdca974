import { z } from 'zod';

const count = z.number().int().nonnegative();

/** What somebody must hear, grouped. */
export const alert = z.object({
  id: z.string(),
  kind: z.string(),
  scope: z.string(),
  title: z.string(),
  says: z.string(),
  facts: z.array(z.string()),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  audiences: z.array(z.string()),
  owner: z.string().optional(),
  count,
  firstAtMs: z.number(),
  lastAtMs: z.number(),
  mutedUntilMs: z.number().optional(),
  by: z.string().optional(),
  reason: z.string().optional(),
  call: z.string().optional(),
  link: z.string().optional(),
  delivery: z.enum(['none', 'muted', 'waiting', 'delivered', 'given_up']),
});
export type AlertShown = z.output<typeof alert>;

/** A list has no more of them than this, newest first. */
export const alertsListedMax = 500;

/** `GET /api/alerts?state=unresolved|open|acknowledged|resolved|all` */
export const alertList = z.object({ alerts: z.array(alert) });
export type AlertList = z.output<typeof alertList>;

/** One with what became of its messages. `GET /api/alerts/:alert` */
export const alertDetail = alert.extend({
  deliveries: z.array(
    z.object({
      channel: z.string(),
      event: z.string(),
      state: z.enum(['waiting', 'delivered', 'given_up']),
      attempts: count,
      atMs: z.number(),
      error: z.string().optional(),
    }),
  ),
});
export type AlertDetailShown = z.output<typeof alertDetail>;
