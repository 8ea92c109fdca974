import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Modes } from '../support/crm/modes.ts';
import { until } from '../support/e2e.ts';
import type { Boundary, Kill } from './crashing.ts';
import type { Deployment } from './deployment.ts';

/** The first call of any of these accounts is held at that boundary. */
const faultAt = (at: Boundary, ids: readonly string[]): Fault => {
  if (at === 'before_dispatch') return { does: 'hold_before', tool: 'get_account', ids, times: 1 };
  return { does: at === 'sent' ? 'hold_before' : at === 'made' ? 'hold_after' : 'late', tool: 'set_tier', ids, times: 1 };
};

/** Those that are killed at later wait in their reads until it is their turn. */
const othersWait = (accounts: readonly string[], later: readonly Kill[]): Fault => ({
  does: 'hold_before',
  tool: 'get_account',
  ids: [...new Set(later.map((kill) => kill.account))].filter((id) => !accounts.includes(id)),
});

/** How often it was killed, and at how many boundaries of changes that was. */
export interface Came {
  readonly kills: number;
  readonly boundaries: number;
}

/** What goes on by itself once it was begun: a batch that is applied, or an undo. */
export interface Going {
  begin(): Promise<void>;
  /** Goes on after a pause; gives true when it has ended. A gateway that is down or has no time says nothing. */
  ended(): Promise<boolean>;
  /** Changes go out in their order, several at a time. */
  readonly sideBySide?: true;
}

/**
 * Begins, kills the gateway at each of these in turn and starts it again; several that stand together are killed at once, each
 * held where it is to be. Gives at how many of them it was killed, and says so after each kill.
 */
export async function throughKills(
  deployment: Deployment,
  kills: readonly (readonly Kill[])[],
  going: Going,
  plain: Partial<Modes>,
  soFar: (came: Came) => void = () => undefined,
): Promise<Came> {
  const killing = { deployment, going, plain, soFar, came: { kills: 0, boundaries: 0 } };
  for (const [index, together] of kills.entries()) {
    const accounts = together.map(({ account }) => account);
    const later = going.sideBySide ? [othersWait(accounts, kills.slice(index + 1).flat())] : [];
    const faults = [...together.map(({ account, at }) => faultAt(at, [account])), ...later];
    const where = together.map(({ account, at }) => `${at} of ${account}`).join(', ');
    // What has ended has no boundary left.
    if ((await killAt(killing, faults, accounts, accounts.length, where)).length === 0) break;
  }
  return await toTheEnd(killing);
}

/** The same of what takes each of these in an order of its own, one by one: at these boundaries of every one, whichever comes. */
export async function throughAll(
  deployment: Deployment,
  accounts: readonly string[],
  boundaries: (index: number) => readonly Boundary[],
  going: Going,
  plain: Partial<Modes>,
  soFar: (came: Came) => void,
): Promise<Came> {
  const killing = { deployment, going, plain, soFar, came: { kills: 0, boundaries: 0 } };
  const left = new Set(accounts);
  for (let index = 0; left.size > 0; index++) {
    let its = [...left];
    for (const at of boundaries(index)) {
      its = await killAt(killing, [faultAt(at, its)], its, 1, `${at} of the next`);
      if (its.length === 0) return await toTheEnd(killing);
    }
    for (const account of its) left.delete(account);
  }
  return await toTheEnd(killing);
}

interface Killing {
  readonly deployment: Deployment;
  readonly going: Going;
  readonly plain: Partial<Modes>;
  readonly soFar: (came: Came) => void;
  came: Came;
}

/** Kills it when so many of these accounts are held, or when it has ended; gives which were held. */
async function killAt(killing: Killing, faults: readonly Fault[], of: readonly string[], count: number, where: string): Promise<string[]> {
  const { deployment, going, plain } = killing;
  await deployment.crm.behave({ ...plain, faults });
  if (!deployment.alive()) await deployment.start();
  if (killing.came.kills === 0) await going.begin();
  const held = await until(`it is held at ${where}, or has ended`, async () => {
    const there = (await deployment.crm.held()).flatMap(({ id }) => (id !== undefined && of.includes(id) ? [id] : []));
    return there.length === count || (await going.ended()) ? there : undefined;
  });
  if (held.length === 0) return [];
  killing.came = { kills: killing.came.kills + 1, boundaries: killing.came.boundaries + held.length };
  killing.soFar(killing.came);
  await deployment.kill();
  await until('the CRM has let go of it', async () => (await deployment.crm.held()).length === 0);
  return held;
}

async function toTheEnd({ deployment, going, plain, came }: Killing): Promise<Came> {
  await deployment.crm.behave({ ...plain, faults: [] });
  if (!deployment.alive()) await deployment.start();
  await until('everything has ended', () => going.ended());
  return came;
}

/** Begins, and kills it at random moments; `random` gives numbers from 0 to 1. */
export async function throughRandomKills(
  deployment: Deployment,
  { kills, random, upToMs }: { readonly kills: number; readonly random: () => number; readonly upToMs: number },
  going: Going,
): Promise<number> {
  let came = 0;
  await going.begin();
  while (came < kills) {
    if (!deployment.alive()) await deployment.start();
    await pause(random() * upToMs);
    if (await going.ended()) break;
    await deployment.kill();
    came++;
  }
  if (!deployment.alive()) await deployment.start();
  await until('everything has ended', () => going.ended());
  return came;
}
