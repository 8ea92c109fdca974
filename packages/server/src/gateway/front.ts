import type { Offered } from '../kernel/offer.ts';
import type { Ruling } from '../kernel/stage.ts';
import type { Caller, GatewayDoors } from './doors.ts';
import type { Listens } from './listen.ts';
import type { OwnTool } from './own-tools/own-tool.ts';
import type { Sessions } from './sessions.ts';

/** What every part of the front works with: its doors and its own memory. */
export interface Front extends GatewayDoors {
  readonly own: readonly OwnTool[];
  /** The same without those for batches, where nothing is ever staged. */
  readonly ownWithoutBatches: readonly OwnTool[];
  readonly sessions: Sessions;
  readonly listens: Listens;
  /** Tasks whose ticket is approved but was refused a moment ago: they are not tried again at every poll. */
  readonly refusedTasks: Map<string, { readonly says: string; readonly untilMs: number }>;
  /** What was offered a moment ago; for header checks and names, never for a decision. */
  readonly recentOffer: (caller: Caller) => Offered | Ruling | Promise<Offered | Ruling>;
}

/** Our own tools, as this endpoint is shown them. */
export function ownFor(front: Pick<Front, 'own' | 'ownWithoutBatches'>, { stages }: Pick<Offered, 'stages'>): readonly OwnTool[] {
  return stages ? front.own : front.ownWithoutBatches;
}

export function isRuling(offered: Offered | Ruling): offered is Ruling {
  return 'verdict' in offered;
}

/** Keeps an offer for a moment, so that a call does not narrow two hundred schemas to look at one. */
export function offersOf(doors: Pick<GatewayDoors, 'offer' | 'clock' | 'config'>): Front['recentOffer'] {
  const kept = new Map<string, { readonly offered: Offered | Ruling; readonly atMs: number }>();
  return (caller) => {
    const key = `${caller.credential.id} ${caller.path} ${caller.session ?? ''}`;
    const found = kept.get(key);
    const atMs = doors.clock();
    if (found && atMs - found.atMs < doors.config.offerReuseMs) return found.offered;
    const keep = (offered: Offered | Ruling) => {
      if (kept.size >= 4_096) kept.clear();
      kept.set(key, { offered, atMs });
      return offered;
    };
    const offered = doors.offer(caller.credential, caller.endpoint, caller.session);
    return offered instanceof Promise ? offered.then(keep) : keep(offered);
  };
}
