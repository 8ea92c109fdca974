import { z } from 'zod';

/** What a browser hears of as it happens. */
export const topic = z.enum(['approvals', 'stops', 'alerts', 'runs', 'record', 'batches', 'catalog', 'policy']);
export type Topic = z.output<typeof topic>;

/** One event of `GET /api/live`: how much is new of a topic, and nothing of what it says; whoever may see that asks for it. */
export const liveEvent = z.object({ topic, count: z.number().int().nonnegative() });
export type LiveEvent = z.output<typeof liveEvent>;
