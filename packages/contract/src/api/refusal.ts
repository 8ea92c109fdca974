import { z } from 'zod';

/** What every route under `/api/` answers instead of doing what was asked. The words are for the person, as they are. */
export const refusal = z.object({
  code: z.string(),
  says: z.string(),
  next: z.string().nullable(),
});
export type Refusal = z.output<typeof refusal>;
