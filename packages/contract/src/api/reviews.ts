import { z } from 'zod';

/** A call that somebody let run alone in an emergency, and who looked at it since. */
export const glassUse = z.object({
  ticket: z.string(),
  /** Who let it run, and who had asked for it. */
  by: z.string(),
  person: z.string(),
  atMs: z.number(),
  /** Why it could not wait. */
  reason: z.string().optional(),
  sentence: z.string(),
  /** What became of the ticket. */
  state: z.string(),
  review: z.object({ person: z.string(), atMs: z.number(), note: z.string() }).optional(),
});

/** One of the list, with whether whoever looks may review it; `says` is the reason why not. */
export const listedUse = z.object({ ...glassUse.shape, may: z.boolean(), says: z.string().optional() });
export type ListedUse = z.output<typeof listedUse>;

/** Newest first. `GET /api/reviews`; `POST /api/reviews/:ticket/review` `{note}` answers with one. */
export const reviewList = z.object({ reviews: z.array(listedUse) });
