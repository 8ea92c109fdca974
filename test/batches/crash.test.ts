import { appendFileSync } from 'node:fs';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { targetsOf } from '../../packages/server/src/stages/gate/batches/applying/steps.ts';
import { rightTier } from '../support/crm/accounts.ts';
import { boss } from '../support/e2e-policy.ts';
import { applying, type Boundary, type CrmMode, crmModes, type Kill, modesOf, nameOf, type Staged, stageBatch } from './crashing.ts';
import type { Where } from './deployment.ts';
import { type Came, throughAll, throughKills } from './killing.ts';
import { type Reckoning, reckon } from './ledger.ts';
import { undoerAt, undoing } from './undoing.ts';

/**
 * kill -9 at boundaries of applying and of undoing: at the first, a middle and the last change of twelve. `npm run sweep` does
 * it at every change of 500 (TRAPKEY_SWEEP_CHANGES) and writes what came of it (TRAPKEY_SWEEP_REPORT).
 */
const sweep = Number(process.env['TRAPKEY_SWEEP_CHANGES'] ?? 0);
const report = process.env['TRAPKEY_SWEEP_REPORT'];
const count = sweep || 12;

const sqlite = { name: 'SQLite', where: (): Where => ({ kind: 'sqlite' }) };
const postgres = { name: 'PostgreSQL', where: (): Where => ({ kind: 'postgres', url: inject('postgresUrl') }) };
/** All modes on the one, and on the other those that know most and least: they differ in what the CRM gives, not in what is stored. */
const cases: readonly { readonly name: string; readonly where: () => Where; readonly mode: CrmMode }[] = [
  ...crmModes.map((mode) => ({ ...sqlite, mode })),
  ...crmModes.filter(({ keys, readBack }) => keys === readBack).map((mode) => ({ ...postgres, mode })),
];

describe.each(cases)('kill -9 on $name', ({ name, where, mode }) => {
  it(`${nameOf(mode)}: nothing is lost, nothing made twice, and what is not known is shown`, {
    timeout: sweep ? 24 * 3_600_000 : 900_000,
  }, async () => {
    const staged = await stageBatch(where(), mode, count);
    onTestFinished(() => staged.deployment.close());
    const { deployment, reviewer, batch, mode: as } = staged;
    const { crm } = deployment;
    const accounts = staged.changes.map(({ args }) => String((args as { readonly id: string }).id));
    const start = (await crm.log()).at(-1)?.seq ?? 0;

    const kills = sweep ? sideBySide(accounts, as) : alone(killsOf(accounts, as));
    const about = { database: name, mode: nameOf(as), changes: count };
    const applied = await throughKills(deployment, kills, applying(staged), modesOf(as), (so) => progress(about, 'apply', so));
    const reckoned = reckon(await reviewer.changes(batch), await crm.log(start));
    note({ database: name, mode: nameOf(as), what: 'apply', ...applied, ...reckoned });
    check(reckoned, as);
    expect(applied.boundaries).toBe(kills.flat().length);

    // What a person settles by looking, they settle here by the CRM's own book.
    for (const { n, args } of await reviewer.changes(batch, 'unknown')) {
      const account = await crm.account(String((args as { readonly id: string }).id));
      const done = account?.tier === (args as { readonly tier: string }).tier;
      await reviewer.must(batch, 'settle', { n, as: done ? 'done' : 'not_done', reason: 'Looked it up' });
    }
    await undo(staged, accounts, name);
  });
});

/**
 * The first, a middle and the last change, or in a sweep every one: each while its record is read, when it is at the CRM and
 * not made, and when it is made; there by turns before the gateway is gone or after. Where the CRM gives less than keys and
 * reading, the boundaries are dealt out over the three.
 */
function killsOf(accounts: readonly string[], mode: CrmMode): readonly Kill[] {
  const at = [accounts[0], accounts[Math.floor(accounts.length / 2)], accounts.at(-1)].map(String);
  return at.flatMap((account, index) => boundariesOf(index, mode).map((boundary) => ({ account, at: boundary })));
}

function boundariesOf(index: number, { keys, readBack }: CrmMode): readonly Boundary[] {
  const made = index % 2 === 0 ? 'made' : 'late';
  const all = readBack ? (['before_dispatch', 'sent', made] as const) : (['sent', made] as const);
  return keys && readBack ? all : all.slice(index % all.length).slice(0, 1);
}

const alone = (kills: readonly Kill[]): readonly (readonly Kill[])[] => kills.map((kill) => [kill]);

/**
 * Every change, with up to three of a step at once, as they are when changes go out side by side: while one is made the next is
 * at the CRM and the record of a third is read. Where nothing can be read, it is not known which record a change is of, and they
 * go out one by one; without keys one that was cut off is waited for until it is proved absent, while the others would go on.
 */
function sideBySide(accounts: readonly string[], mode: CrmMode): readonly (readonly Kill[])[] {
  const targets = targetsOf(accounts.length);
  return targets.flatMap((to, step) => {
    const waiting = accounts
      .slice(targets[step - 1] ?? 0, to)
      .map((account, index) => boundariesOf(index, mode).map((at) => ({ account, at })));
    const rounds: (readonly Kill[])[] = [];
    while (waiting.length > 0) {
      // One more joins in each round.
      const most = mode.keys && mode.readBack ? Math.min(3, rounds.length + 1) : 1;
      rounds.push(waiting.slice(0, most).flatMap((kills) => kills.splice(0, 1)));
      while (waiting[0]?.length === 0) waiting.shift();
    }
    return rounds;
  });
}

function check(reckoned: Reckoning, { keys, readBack }: CrmMode): void {
  expect(reckoned.lost).toEqual([]);
  expect(reckoned.twice).toEqual([]);
  // With a key or a read-back everything comes to be known.
  if (keys || readBack) expect(reckoned).toMatchObject({ unknown: 0 });
}

/** The same on the way back; the book is as it was. */
async function undo(staged: Staged, accounts: readonly string[], database: string): Promise<void> {
  const { deployment, batch, mode } = staged;
  const { crm } = deployment;
  const before = (await crm.log()).at(-1)?.seq ?? 0;
  const operator = undoerAt(await deployment.person(boss));
  const id = await operator.ask({ kind: 'batch', id: batch }, 'The rule for tiers is wrong');
  const { counts } = await operator.settled(id, 'looked');
  // Where a crash took every answer, and nothing can be read, nobody knows how anything is taken back.
  if ((counts.possible ?? 0) === 0) return;
  const about = { database, mode: nameOf(mode), changes: accounts.length };
  const says = (so: Came): void => progress(about, 'undo', so);
  const going = undoing(operator, id);
  const came = sweep
    ? await throughAll(deployment, accounts, (index) => boundariesOf(index, mode), going, modesOf(mode), says)
    : await throughKills(deployment, alone(killsOf(accounts.toReversed(), mode)), going, modesOf(mode), says);
  const items = await operator.items(id);
  const log = await crm.log(before);
  const made = log.filter(({ did, account }) => did === 'applied' && account !== null).map(({ account }) => account);
  expect(made.length - new Set(made).size, 'taken back twice').toBe(0);
  const undone = items.filter(({ state }) => state === 'undone').length;
  const unknown = items.filter(({ state }) => state === 'unknown').length;
  expect(undone + unknown).toBeGreaterThanOrEqual(made.length);
  if (mode.keys || mode.readBack) expect({ unknown, undone }).toEqual({ unknown: 0, undone: made.length });
  note({ database, mode: nameOf(mode), what: 'undo', ...came, changes: items.length, done: undone, unknown });
  // Of what cannot be read back, an answer that a crash took leaves nothing to undo it with: that one is shown.
  if (undone === accounts.length)
    expect((await crm.accounts()).filter((one) => accounts.includes(one.id) && one.tier === rightTier(one))).toEqual([]);
}

/** How far a long sweep is, every 25 kills. */
function progress(about: object, what: string, came: Came): void {
  if (came.kills % 25 === 0) note({ ...about, what: `${what}, at kill ${came.kills}`, ...came, part: what });
}

/** A line of what the sweep found. */
function note(line: object): void {
  if (report !== undefined) appendFileSync(report, `${JSON.stringify(line)}\n`);
}
