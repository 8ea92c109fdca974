import { z } from 'zod';

const count = z.number().int().nonnegative();
const text = z.string();

/** A standing approval: calls of one tool of one release that run without asking, within its bounds. */
export const grantShown = z.object({
  id: text,
  /** Absent: whoever uses the release. */
  person: text.optional(),
  plugin: text,
  version: text,
  connector: text,
  tool: text,
  definition: text,
  /** CEL over `args`, `reach`, `amount`, `destination`, `person` and `now`. */
  bounds: text,
  reachMax: count.optional(),
  countMax: count,
  /** Absent: `countMax` is for its whole life. */
  periodMs: z.number().optional(),
  expiresAtMs: z.number(),
  state: z.enum(['live', 'expired', 'revoked']),
  because: text,
  owner: text,
  madeBy: text,
  fromTicket: text.optional(),
  createdAtMs: z.number(),
  reviewedAtMs: z.number().optional(),
  revokedBy: text.optional(),
  /** Of the present period. */
  used: count,
  usedEver: count,
  lastUsedAtMs: z.number().optional(),
});
/** `POST /api/grants` `{ticket, bounds?, reach_max?, count, period_ms?, expires_in_ms, because, for_everyone?}` (step-up) and `POST /api/grants/:grant/act` `{act: review} | {act: revoke, reason}` answer with one. */
export type GrantShown = z.output<typeof grantShown>;

/** Newest first. `GET /api/grants?state=live|expired|revoked|all` */
export const grantList = z.object({ grants: z.array(grantShown) });
