import { z } from 'zod';

/** What somebody was told, and whether it reached them. */
export const message = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'delivered', 'given_up']),
  /** Its page, without the console: `/t/TK-…`. */
  path: z.string(),
  /** `approvals/slack`, `operations/email:<address>` … */
  channel: z.string(),
  event: z.string(),
  ticket: z.string().optional(),
  about: z.string().optional(),
  attempts: z.number().int().nonnegative(),
  createdAtMs: z.number(),
  /** Of what waits. */
  nextAtMs: z.number().optional(),
  deliveredAtMs: z.number().optional(),
  error: z.string().optional(),
});
export type MessageShown = z.output<typeof message>;

/** The newest first, 500 at most. `GET /api/messages?state=undelivered|waiting|given_up|delivered|all` */
export const messageList = z.object({ messages: z.array(message) });

/** Tried again at once. `POST /api/messages/:message/retry` */
export const messageRetried = z.object({ message: z.string() });
