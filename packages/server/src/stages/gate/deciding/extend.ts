import type { Approvals } from '../../../kernel/approvals.ts';
import { rfc3339 } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import { authorise } from './authorise.ts';
import { actedBy, commitChange, type Deciding } from './commit.ts';

const furthestMs = 7 * 86_400_000;

/** Gives it more time; by somebody who may decide it. */
export function extender(parts: Deciding): Approvals['extend'] {
  return async ({ ticket, by, via, byMs }) => {
    if (!Number.isSafeInteger(byMs) || byMs < 60_000)
      throw new UserError('A ticket is extended by a minute at least. Nothing was changed.', 'Write how long: 30m, 2h, 1d.');
    return await commitChange(parts, ticket, (row, atMs) => {
      const seat = authorise(parts.policy(), row, by, atMs);
      const untilMs = Math.min(Number(row.expires_at_ms) + byMs, atMs + furthestMs);
      if (untilMs <= row.expires_at_ms)
        throw new UserError(`Ticket ${row.id} waits until ${rfc3339(row.expires_at_ms)} already; seven days from now is the most.`);
      return {
        change: { expires_at_ms: untilMs, reminded_at_ms: null },
        kind: 'admin',
        entry: { ...actedBy(by, via), action: 'ticket.extended', subject: row.id, detail: `until ${rfc3339(untilMs)}` },
        tells: 'extended',
        more: { by: seat.person },
      };
    });
  };
}
