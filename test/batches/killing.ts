import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Modes } from '../support/crm/modes.ts';
import { until } from '../support/e2e.ts';
import type { Kill } from './crashing.ts';
import type { Deployment } from './deployment.ts';

const faultAt = ({ account: id, at }: Kill): Fault => {
  if (at === 'before_dispatch') return { does: 'hold_before', tool: 'get_account', id, times: 1 };
  return { does: at === 'sent' ? 'hold_before' : at === 'made' ? 'hold_after' : 'late', tool: 'set_tier', id, times: 1 };
};

/** Those that are killed at later wait in their reads until it is their turn. */
const othersWait = (account: string, later: readonly Kill[]): Fault => ({
  does: 'hold_before',
  tool: 'get_account',
  ids: [...new Set(later.map((kill) => kill.account))].filter((id) => id !== account),
});

/** What goes on by itself once it was begun: a batch that is applied, or an undo. */
export interface Going {
  begin(): Promise<void>;
  /** Goes on after a pause; gives true when it has ended. A gateway that is down or has no time says nothing. */
  ended(): Promise<boolean>;
  /** Changes go out in their order, several at a time. */
  readonly sideBySide?: true;
}

/**
 * Begins, kills the gateway at each of these in turn and starts it again; gives how many of the kills came to pass, and says so
 * after each.
 */
export async function throughKills(
  deployment: Deployment,
  kills: readonly Kill[],
  going: Going,
  plain: Partial<Modes>,
  soFar: (kills: number) => void = () => undefined,
): Promise<number> {
  let came = 0;
  for (const [index, kill] of kills.entries()) {
    await deployment.crm.behave({
      ...plain,
      faults: [faultAt(kill), ...(going.sideBySide ? [othersWait(kill.account, kills.slice(index + 1))] : [])],
    });
    if (!deployment.alive()) await deployment.start();
    if (index === 0) await going.begin();
    const held = await until(`it is held at ${kill.at} of ${kill.account}, or has ended`, async () => {
      if ((await deployment.crm.held()).some(({ id }) => id === kill.account)) return 'held';
      return (await going.ended()) ? 'ended' : undefined;
    });
    if (held === 'held') came++;
    soFar(came);
    await deployment.kill();
    await until('the CRM has let go of it', async () => (await deployment.crm.held()).length === 0);
  }
  await deployment.crm.behave({ ...plain, faults: [] });
  await deployment.start();
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
