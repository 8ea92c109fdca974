import { z } from 'zod';

/** What a browser hears of as it happens. */
export const topic = z.enum(['approvals', 'stops', 'alerts', 'runs', 'record', 'batches', 'catalog', 'policy']);
export type Topic = z.output<typeof topic>;

/**
 * One event of `GET /api/live`: how many rows the list of a topic has more, and nothing of what they say; whoever may see
 * that asks for it. 0: something happened, which may have changed what is there; who does not see everybody's hears only that.
 */
export const liveEvent = z.object({ topic, count: z.number().int().nonnegative() });
export type LiveEvent = z.output<typeof liveEvent>;
