import { z } from 'zod';

/** How long a held call waits for a person, by client. Its name is a claim, and chooses nothing but this. */
export const waiting = z
  .record(z.string().min(1).max(101), z.string().min(1).max(20))
  .optional()
  .describe("How long a held call waits before the agent is told, by the client's own name (name* for a family, * for the rest): 25s");
