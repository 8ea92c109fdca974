import { appendFileSync } from 'node:fs';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { seeded } from '../support/crm/accounts.ts';
import type { Fault } from '../support/crm/modes.ts';
import { boss, dave } from '../support/e2e-policy.ts';
import { retierings } from './agent.ts';
import { applying, bookOf } from './crashing.ts';
import { type Deployment, openDeployment, type Where } from './deployment.ts';
import { throughRandomKills } from './killing.ts';
import { type Reckoning, reckon } from './ledger.ts';
import { type Reviewer, readyBatch, reviewerAt } from './people.ts';
import { type Undoer, undoerAt, undoing } from './undoing.ts';

/**
 * One gateway that lives long and is killed at random moments while batches are applied and taken back, over a CRM that
 * itself fails now and then. So many kills in all, half of them on each database; `npm run sweep -- --kills 1000` does more.
 */
const asked = Number(process.env['TRAPKEY_BATCH_KILLS'] ?? 200);
const report = process.env['TRAPKEY_SWEEP_REPORT'];
const settings: readonly { readonly name: string; readonly where: () => Where; readonly kills: number }[] = [
  { name: 'SQLite', where: () => ({ kind: 'sqlite' }), kills: Math.ceil(asked / 2) },
  { name: 'PostgreSQL', where: () => ({ kind: 'postgres', url: inject('postgresUrl') }), kills: Math.floor(asked / 2) },
];
const size = 120;
const seed = Number(process.env['TRAPKEY_BATCH_SEED'] ?? 7);
/** One change in twenty goes wrong besides. */
const faults: readonly Fault[] = [
  { does: 'cut_after', tool: 'set_tier', share: 0.02 },
  { does: 'error_after', tool: 'set_tier', share: 0.01 },
  { does: 'status_500_before', tool: 'set_tier', share: 0.01 },
  { does: 'cut_before', tool: 'get_account', share: 0.01 },
];

describe.each(settings)('$kills random kills on $name', ({ name, where, kills }) => {
  it(`with seed ${seed}: nothing is lost, nothing made twice`, { timeout: asked > 200 ? 6 * 3_600_000 : 900_000 }, async () => {
    const random = seeded(seed);
    const deployment = await openDeployment({ where: where(), book: bookOf({ keys: true, readBack: true }), crm: { accounts: 900, seed } });
    onTestFinished(() => deployment.close());
    const { crm } = deployment;
    await deployment.start();
    const agent = await deployment.agent('crm-act');
    const reviewer = reviewerAt(await deployment.person(dave));
    const sum = { database: name, seed, what: 'random kills', kills: 0, batches: 0, changes: 0, unknown: 0 };
    while (sum.kills < kills) {
      const start = await crm.accounts();
      const batch = await readyBatch(agent, reviewer, retierings(start, size));
      const after = (await crm.log()).at(-1)?.seq ?? 0;
      await crm.behave({ faults });
      const how = { kills: Math.ceil((kills - sum.kills) / 2), random, upToMs: 300 };
      sum.kills += await throughRandomKills(deployment, how, applying({ reviewer, batch }));
      const reckoned = reckon(await reviewer.changes(batch), await crm.log(after));
      expect(reckoned, `seed ${seed}`).toMatchObject({ lost: [], twice: [] });
      await settle(deployment, reviewer, batch);
      // Whoever takes back so much showed a credential just now.
      const operator = undoerAt(await deployment.person(boss));
      const { came, unsure, others } = await takeBack(deployment, operator, batch, { kills: kills - sum.kills, random, upToMs: 300 });
      sum.kills += came;
      await crm.recover();
      count(sum, reckoned);
      // What is said to need a look a person puts right by hand; all else is as it was.
      const now = await crm.accounts();
      const differ = start.filter((one, at) => one.tier !== now[at]?.tier);
      expect(differ.length, `seed ${seed}: ${others.join('; ')}`).toBeLessThanOrEqual(unsure);
      for (const { id, tier } of differ) await crm.edit(id, { tier });
      expect(await crm.accounts(), `seed ${seed}`).toEqual(start);
      if (report !== undefined) appendFileSync(report, `${JSON.stringify(sum)}\n`);
    }
  });
});

function count(sum: { batches: number; changes: number; unknown: number }, { changes, unknown }: Reckoning): void {
  sum.batches++;
  sum.changes += changes;
  sum.unknown += unknown;
}

/** A person looks up what nobody knows. */
async function settle({ crm }: Deployment, reviewer: Reviewer, batch: string): Promise<void> {
  for (const { n, args } of await reviewer.changes(batch, 'unknown')) {
    const { id, tier } = args as unknown as { readonly id: string; readonly tier: string };
    const as = (await crm.account(id))?.tier === tier ? 'done' : 'not_done';
    await reviewer.must(batch, 'settle', { n, as, reason: 'Looked it up' });
  }
}

type Random = Parameters<typeof throughRandomKills>[1];

/** Takes the batch back through kills; gives how many there were, and of how many changes it is said that a person has to look. */
async function takeBack(deployment: Deployment, operator: Undoer, batch: string, how: Random) {
  const { crm } = deployment;
  const before = (await crm.log()).at(-1)?.seq ?? 0;
  const undo = await operator.ask({ kind: 'batch', id: batch }, 'The rule for tiers is wrong');
  await operator.settled(undo, 'looked');
  const came = await throughRandomKills(deployment, how, undoing(operator, undo));
  const applied = (await crm.applied(before)).map(({ account }) => account);
  expect(new Set(applied).size, 'taken back twice').toBe(applied.length);
  const items = await operator.items(undo);
  const undone = items.filter(({ state }) => state === 'undone').length;
  // Of some it is said that they were sent and nobody knows, of others that their record could not be read.
  const unsure = items.filter(({ state }) => state === 'unknown' || state === 'unclear' || state === 'barred').length;
  expect(undone).toBeLessThanOrEqual(applied.length);
  expect(undone + unsure).toBeGreaterThanOrEqual(applied.length);
  const others = items.filter(({ state }) => state !== 'undone').map(({ n, state, says, code }) => `${n} ${state} ${code} ${says}`);
  return { came, unsure, others };
}
