import { type Clock, rfc3339 } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { GlassReviews } from '../../../kernel/reviews.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { type GlassDatabase, glassStore } from './store.ts';

const listMax = 500;
const noteCharactersMax = 1_000;
const reviewers: ReadonlySet<string> = new Set(['operator', 'administrator', 'approver']);

/** Reviews of what was let run alone. Works without a server. */
export function openGlassReviews(parts: {
  readonly database: GlassDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => Pick<PolicySet, 'directory' | 'organization'>;
}): GlassReviews {
  const { database, recorder, clock, policy } = parts;
  const store = glassStore(database);
  const idOf = (name: string) => policy().directory.get(name.trim().toLowerCase())?.id.toLowerCase() ?? name.trim().toLowerCase();
  const mayReview: GlassReviews['mayReview'] = (use, by) => {
    if (use.review) return { may: false, says: `${use.ticket} was reviewed by ${use.review.person} already.` };
    if (!by.roles.some((role) => reviewers.has(role))) return { may: false, says: 'An approver, operator or administrator reviews it.' };
    const own = [use.by, use.person].some((one) => idOf(one) === idOf(by.person));
    if (own && !policy().organization.solo) return { may: false, says: 'Somebody reviews it who neither let it run nor asked for it.' };
    return { may: true };
  };
  return {
    mayReview,
    list: async ({ state }) => (await store.list(listMax)).filter(({ review }) => state === 'all' || review === undefined),
    async review({ ticket, by, note, via }) {
      const use = (await store.list(listMax)).find((one) => one.ticket === ticket);
      if (!use)
        throw new UserError(
          `Ticket ${ticket.slice(0, 40)} was not let run alone. Nothing was changed.`,
          'See what was with `trapkey reviews list`.',
        );
      const may = mayReview(use, by);
      if (!may.may) throw new UserError(`${may.says} Nothing was changed.`);
      const words = note
        .replaceAll(/\p{C}+/gu, ' ')
        .trim()
        .slice(0, noteCharactersMax);
      if (words === '') throw new UserError('A note is needed: what you looked at, and what comes of it. Nothing was changed.');
      const row = { ticket, person: idOf(by.person), at_ms: clock(), note: words };
      const committed = await recorder.commit({
        entries: [
          {
            ...{
              timestamp: rfc3339(row.at_ms),
              kind: 'admin',
              action: 'ticket.reviewed',
              actor: `trapkey-${via}`,
              subject: ticket,
              ticket,
            },
            ...{ on_behalf_of: row.person, assurance: { on_behalf_of: 'proved' }, detail: 'break-glass' },
          },
        ],
        steps: async (tx) => ((await store.add(tx, row)) ? { ok: true } : { ok: false, conflict: 'reviewed already' }),
      });
      if (committed.status !== 'committed') throw new UserError(`${ticket} was reviewed by somebody else just now. Nothing was changed.`);
      return { ...use, review: { person: row.person, atMs: row.at_ms, note: words } };
    },
  };
}
