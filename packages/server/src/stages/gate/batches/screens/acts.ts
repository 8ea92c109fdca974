import type { BatchSummary, batchActs } from '@trapkey/contract/api/batches.ts';
import type { z } from 'zod';
import type { BatchAct } from '../../../../kernel/batch-desk.ts';
import { HttpRefusal } from '../../../../kernel/http.ts';
import { isFresh } from '../../../../kernel/sessions.ts';
import type { BatchScreens } from './doors.ts';

/** One act of a person on a batch, as API and form send it. */
export type ActName = keyof typeof batchActs;
/** What is sent with each. */
export type ActBody<N extends ActName> = z.output<(typeof batchActs)[N]>;

interface Acting extends BatchAct {
  readonly summary: BatchSummary;
  readonly atMs: number;
}

type Acts = { readonly [N in ActName]: (doors: BatchScreens, act: Acting, body: ActBody<N>) => Promise<unknown> };

/** What each does. Letting what is of the high tier go on takes a credential just shown, and its number typed. */
export const acts: Acts = {
  mark: ({ desk }, act, body) => desk.mark({ ...actOf(act), ...body }),
  approve: async ({ desk }, act, { reason, confirm, seen }) => {
    if (asksForMore(act.summary)) {
      mustBeFresh(act);
      mustConfirm(act.summary, confirm);
    }
    return await desk.approve({ ...actOf(act), reason, seen });
  },
  refuse: ({ desk }, act, { reason }) => desk.refuse({ ...actOf(act), reason }),
  apply: async ({ applying }, act) => {
    if (act.summary.tier === 'high') mustBeFresh(act);
    await applying.apply(actOf(act));
  },
  pause: ({ applying }, act, { reason }) => applying.pause({ ...actOf(act), reason }),
  resume: async ({ applying }, act) => {
    if (act.summary.tier === 'high') mustBeFresh(act);
    await applying.resume(actOf(act));
  },
  abort: ({ applying }, act, { reason }) => applying.abort({ ...actOf(act), reason }),
  settle: ({ applying }, act, { n, as, reason }) => applying.settle({ ...actOf(act), n, as, reason }),
};

/** Whether a session is not enough to approve it: its effects cannot be taken back, or something in it was found wrong. */
export function asksForMore({ tier, state }: Pick<BatchSummary, 'tier' | 'state'>): boolean {
  return tier === 'high' || state === 'returned';
}

function actOf({ batch, by, via }: Acting): BatchAct {
  return { batch, by, via };
}

function mustBeFresh({ summary, by, atMs }: Acting): void {
  if (isFresh(by, atMs)) return;
  throw new HttpRefusal(
    403,
    'step_up_needed',
    `For batch ${summary.id}, ${by.person} must have shown a credential within the last 5 minutes. Nothing was changed.`,
    `Show it at /prove?to=/b/${summary.id}, then decide.`,
  );
}

function mustConfirm({ id, changes }: BatchSummary, typed: string | number | undefined): void {
  if (String(typed ?? '').replaceAll(/[\s,.'’]/g, '') === String(changes)) return;
  throw new HttpRefusal(
    409,
    'confirmation_needed',
    `To approve batch ${id}, type how many changes it has: ${changes}. Nothing was changed.`,
  );
}
