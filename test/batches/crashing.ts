import { setTimeout as pause } from 'node:timers/promises';
import type { BatchChange } from '@trapkey/contract/api/batches.ts';
import type { SalesBook } from '../support/batch-policy.ts';
import type { Modes } from '../support/crm/modes.ts';
import { call } from '../support/e2e-client.ts';
import { dave } from '../support/e2e-policy.ts';
import { batchIn, type Retiering, retier, retierings } from './agent.ts';
import { type Deployment, openDeployment, type Where } from './deployment.ts';
import type { Going } from './killing.ts';
import { markBy, type Reviewer, reviewerAt } from './people.ts';

/** Whether the CRM knows idempotency keys, and whether an account can be read back. */
export interface CrmMode {
  readonly keys: boolean;
  readonly readBack: boolean;
}
export const crmModes: readonly CrmMode[] = [true, false].flatMap((keys) => [true, false].map((readBack) => ({ keys, readBack })));
export const nameOf = ({ keys, readBack }: CrmMode): string =>
  `${keys ? 'with' : 'without'} keys, ${readBack ? 'with' : 'without'} read-back`;

/**
 * Where the gateway is killed: while the record is read ahead of dispatch; when the change is at the CRM and not made; when it
 * is made and nobody was told. `late` is at the CRM too, which makes it when the gateway is gone.
 */
export type Boundary = 'before_dispatch' | 'sent' | 'made' | 'late';

/** A kill at one change of the batch. */
export interface Kill {
  readonly account: string;
  readonly at: Boundary;
}

/** The policy of a mode: without read-back, what a change takes back is in its own answer. */
export function bookOf({ keys, readBack }: CrmMode, more: SalesBook = {}): SalesBook {
  const images = readBack ? {} : { images: ['undo: { tool: set_tier, args: { id: args.id, tier: result.before } }', 'reversible: true'] };
  // That a change is absent upstream is only proved when the connector has given up on it.
  return { stage: '{ over: 0 per run, sample: 1 }', callTimeout: '2s', keys, ...images, ...more };
}

/** A deployment of that mode whose batch is ready to be applied. */
export interface Staged {
  readonly deployment: Deployment;
  readonly reviewer: Reviewer;
  readonly mode: CrmMode;
  readonly wishes: readonly Retiering[];
  readonly batch: string;
  /** In the order in which they are made. */
  readonly changes: readonly BatchChange[];
}

/** Stages so many changes, marks what is drawn, and leaves the batch ready. */
export async function stageBatch(where: Where, mode: CrmMode, count: number, more: SalesBook = {}): Promise<Staged> {
  const deployment = await openDeployment({
    where,
    book: bookOf(mode, more),
    crm: { accounts: Math.max(100, count * 6), modes: modesOf(mode) },
  });
  try {
    await deployment.start();
    const agent = await deployment.agent('crm-act');
    const wishes = retierings(await deployment.crm.accounts(), count);
    const batch = batchIn(await retier(agent, wishes));
    const submitted = await call(agent, 'trapkey_batch_submit', { batch });
    if (submitted.isError) throw new Error(submitted.text);
    await agent.close();
    const reviewer = reviewerAt(await deployment.person(dave));
    await markBy(reviewer, batch, () => undefined);
    await reviewer.settled(batch, 'ready');
    return { deployment, reviewer, mode, wishes, batch, changes: await reviewer.changes(batch) };
  } catch (error) {
    await deployment.close();
    throw error;
  }
}

/** How the CRM behaves in that mode, apart from faults. */
export function modesOf({ keys }: CrmMode): Partial<Modes> {
  return { keys: keys ? 'honoured' : 'unknown', faults: [] };
}

/** A batch that is being applied; whoever looks lets it go on where it paused. */
export function applying({ reviewer, batch }: Pick<Staged, 'reviewer' | 'batch'>): Going {
  return {
    sideBySide: true,
    begin: () => reviewer.must(batch, 'apply'),
    async ended() {
      await pause(100);
      const state = await reviewer.detail(batch).then(
        (detail) => detail.batch.state,
        () => undefined,
      );
      if (state === 'paused') await reviewer.act(batch, 'resume').catch(() => undefined);
      return state === 'applied';
    },
  };
}
