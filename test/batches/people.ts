import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import type { BatchChange, BatchDetail, BatchSummary, changePage } from '@trapkey/contract/api/batches.ts';
import type { z } from 'zod';
import type { Browser, Page } from '../sign-in/browser.ts';
import { until } from '../support/e2e.ts';
import { call } from '../support/e2e-client.ts';
import { batchIn, type Retiering, retier } from './agent.ts';
import { reading, sending } from './sending.ts';

type Which = 'sample' | 'extra' | 'wrong' | 'all' | BatchChange['state'];

/** A person who looks at batches and decides them over HTTP. */
export interface Reviewer {
  readonly browser: Browser;
  batches(state?: string): Promise<readonly BatchSummary[]>;
  detail(id: string): Promise<BatchDetail>;
  /** All of them, over all pages. */
  changes(id: string, which?: Which): Promise<readonly BatchChange[]>;
  /** `POST /api/batches/:id/<act>`, whatever comes of it. */
  act(id: string, act: string, body?: object): Promise<Page>;
  /** The same, where it has to work. */
  must(id: string, act: string, body?: object): Promise<void>;
  /** Waits until the batch is in one of these states. */
  settled(id: string, ...states: readonly BatchSummary['state'][]): Promise<BatchSummary>;
}

/** The reviewer who sits at this browser. */
export function reviewerAt(browser: Browser): Reviewer {
  const get = reading(browser);
  const send = sending(browser);
  const act = (id: string, name: string, body: object = {}) => send(`/api/batches/${id}/${name}`, body);
  const detail = (id: string) => get<BatchDetail>(`/api/batches/${id}`);
  return {
    browser,
    batches: async (state = 'all') => (await get<{ readonly batches: readonly BatchSummary[] }>(`/api/batches?state=${state}`)).batches,
    detail,
    async changes(id, which = 'all') {
      const all: BatchChange[] = [];
      let cursor: string | null = null;
      do {
        const page: z.output<typeof changePage> = await get(
          `/api/batches/${id}/changes?state=${which}&max=100${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        all.push(...page.changes);
        cursor = page.next;
      } while (cursor !== null);
      return all;
    },
    act,
    async must(id, name, body) {
      let page = await act(id, name, body);
      // Nobody is that quick; whoever is waits.
      for (let tries = 0; page.status === 429 && tries < 60; tries++) {
        await pause(1_000);
        page = await act(id, name, body);
      }
      if (page.status >= 300) throw new Error(`${name} of ${id}: ${page.status} ${page.text.slice(0, 500)}`);
    },
    settled(id, ...states) {
      let last: unknown;
      return until(
        `${id} is ${states.join(' or ')}`,
        async () => {
          // The gateway may be down in between: whoever looks tries again.
          try {
            const { batch } = await detail(id);
            last = JSON.stringify(batch);
            return states.includes(batch.state) ? batch : undefined;
          } catch (error) {
            last = error;
            return undefined;
          }
        },
        () => String(last),
      );
    },
  };
}

/** Marks what is shown beside the sample, then the sample, by what a person holds for right: the last of it decides. */
export async function markBy(reviewer: Reviewer, id: string, wrong: (change: BatchChange) => string | undefined): Promise<BatchSummary> {
  for (const which of ['extra', 'sample'] as const) {
    for (const change of await reviewer.changes(id, which)) {
      if (change.mark !== null) continue;
      const note = wrong(change);
      await reviewer.must(id, 'mark', { n: change.n, mark: note === undefined ? 'right' : 'wrong', ...(note !== undefined && { note }) });
    }
  }
  return (await reviewer.detail(id)).batch;
}

/** A batch of these wishes whose sample was marked right: it may be applied. */
export async function readyBatch(agent: Client, reviewer: Reviewer, wishes: readonly Retiering[]): Promise<string> {
  // One after another, so that they are numbered as they were wished for.
  const batch = batchIn(await retier(agent, wishes, 1));
  const submitted = await call(agent, 'trapkey_batch_submit', { batch });
  if (submitted.isError) throw new Error(submitted.text);
  await markBy(reviewer, batch, () => undefined);
  await reviewer.settled(batch, 'ready');
  return batch;
}
