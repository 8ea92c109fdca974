import { z } from 'zod';

const count = z.number().int().nonnegative();

/** How one rule's questions are answered. */
export const ruleQuality = z.object({
  rule: z.string(),
  /** Where it stands in the policy; absent where no line says so. */
  place: z.object({ file: z.string(), line: z.number() }).optional(),
  asks: count,
  granted: count,
  refused: count,
  /** Nobody decided in time. */
  undecided: count,
  /** From being asked to being decided; absent while nothing was decided. */
  medianMs: z.number().optional(),
  underThreeSeconds: count,
  /** Granted, run, and taken back since. */
  laterUndone: count,
});
export type RuleQuality = z.output<typeof ruleQuality>;

/** How well people decide. `GET /api/quality?days=30` */
export const quality = z.object({
  days: count,
  rules: z.array(ruleQuality),
  /** Questions that could never run. A granted one is what they are for finding. */
  drills: z.object({ asks: count, granted: count, refused: count, undecided: count }),
  /** There were more tickets; figures are of the newest. */
  more: z.boolean(),
});
