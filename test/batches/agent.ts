import type { Client } from '@modelcontextprotocol/client';
import { type Account, rightTier, type Tier } from '../support/crm/accounts.ts';
import type { Crm } from '../support/crm.ts';
import { call, type Heard } from '../support/e2e-client.ts';

/** One wish of the agent: this account gets this tier. */
export interface Retiering {
  readonly id: string;
  readonly tier: Tier;
}

/** Accounts whose tier their turnover has outgrown, each with the tier that is right for it. */
export function retierings(accounts: readonly Account[], count: number): readonly Retiering[] {
  const outgrown = accounts.filter((one) => one.tier !== rightTier(one)).slice(0, count);
  if (outgrown.length < count) throw new Error(`only ${outgrown.length} accounts are outgrown`);
  return outgrown.map((one) => ({ id: one.id, tier: rightTier(one) }));
}

/** A tier that is neither the right one nor the one that the account has: somebody who knows the book sees it. */
export function wrongly({ id, tier }: Retiering, accounts: readonly Account[]): Retiering {
  const has = accounts.find((one) => one.id === id)?.tier;
  const other = (['A', 'B', 'C'] as const).find((one) => one !== tier && one !== has);
  return { id, tier: other ?? 'C' };
}

/** Calls `set_tier` for each of them in order, some at a time; gives what the agent read. */
export async function retier(client: Client, all: readonly Retiering[], atOnce = 8): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < all.length) {
      const at = next++;
      heard[at] = await call(client, 'set_tier', { ...(all[at] as Retiering) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return heard;
}

/** The batch that an answer names. */
export function batchIn(heard: readonly Heard[]): string {
  const id = heard.map(({ text }) => /\bB-[0-9A-Z]{6,}\b/.exec(text)?.[0]).find((found) => found !== undefined);
  if (id === undefined) throw new Error(`nothing was staged: ${heard.at(-1)?.text.slice(0, 800)}`);
  return id;
}

/** Changes that the CRM made through its front door since then, by account: what the whole story has to answer for. */
export async function madeSince(crm: Crm, after = 0): Promise<ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>> {
  const made = new Map<string, Readonly<Record<string, unknown>>[]>();
  for (const line of await crm.applied(after)) {
    if (line.by !== 'mcp' || line.account === null) continue;
    made.set(line.account, [...(made.get(line.account) ?? []), line.args]);
  }
  return made;
}
