import { z } from 'zod';

/** A breaker that tripped. `spend_usd` and `amount` are counted in millionths. */
export const limitTrip = z.object({
  id: z.string(),
  rule: z.string(),
  measure: z.string(),
  scope: z.string(),
  who: z.string(),
  text: z.string(),
  used: z.number(),
  max: z.number(),
  lost: z.number(),
  mode: z.enum(['freeze', 'full']),
  atMs: z.number(),
  /** It works again by itself then. */
  rearmAtMs: z.number().optional(),
  owner: z.string(),
  person: z.string().optional(),
  call: z.string().optional(),
  run: z.string().optional(),
  /** The stop that it engaged. */
  stop: z.string().optional(),
  /** The request to raise it. */
  request: z.string().optional(),
  resetAtMs: z.number().optional(),
  resetBy: z.string().optional(),
  resetReason: z.string().optional(),
});
export type LimitTripShown = z.output<typeof limitTrip>;

/** How much of each limit is used. `GET /api/limits` */
export const limitList = z.object({
  limits: z.array(
    z.object({
      key: z.string(),
      rule: z.string(),
      who: z.string(),
      measure: z.string(),
      text: z.string(),
      used: z.number(),
      max: z.number(),
      open: limitTrip.optional(),
    }),
  ),
});
export type LimitShown = z.output<typeof limitList>['limits'][number];

/** What tripped, newest first: one's own, all for lookers. `GET /api/limits/trips?state=open|all` */
export const limitTrips = z.object({ trips: z.array(limitTrip) });
