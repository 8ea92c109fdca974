/** Numbers that came, as ranges with the times of their ends by the sender's clock: [first, last, firstAtMs, lastAtMs]. */
export type Range = readonly [number, number, number, number];
/** One run of the sender's counter; a client that is started again with the same session counts from the beginning. */
export type Epoch = readonly Range[];

/** Clocks are set, and events of one moment come in any order. */
const slackMs = 2_000;
const epochsMax = 8;
const rangesMax = 64;

/** What came of a number: counted, or it had come before. */
export interface Noted {
  readonly epochs: readonly Epoch[];
  readonly fresh: boolean;
}

/** Notes one number. It belongs to the newest counter in whose order its time fits; a number that came before is no news. */
export function note(epochs: readonly Epoch[], sequence: number, atMs: number): Noted {
  for (let at = epochs.length - 1; at >= 0; at--) {
    const epoch = epochs[at] as Epoch;
    const fitted = fitIn(epoch, sequence, atMs);
    if (fitted === 'known') return { epochs, fresh: false };
    if (fitted) return { epochs: epochs.with(at, fitted), fresh: true };
  }
  return { epochs: [...epochs.slice(1 - epochsMax), [[sequence, sequence, atMs, atMs]]], fresh: true };
}

/** How many numbers are missing between those that came. */
export function missing(epochs: readonly Epoch[]): number {
  let count = 0;
  for (const epoch of epochs) {
    for (let at = 1; at < epoch.length; at++) count += (epoch[at] as Range)[0] - (epoch[at - 1] as Range)[1] - 1;
  }
  return count;
}

/** What is stored; anything else than that is read as nothing. */
export function readEpochs(text: string): readonly Epoch[] {
  return JSON.parse(text) as readonly Epoch[];
}

function fitIn(epoch: Epoch, sequence: number, atMs: number): Epoch | 'known' | undefined {
  // The first range that is not wholly below it: most numbers are the next one, so the search is from the end.
  let at = epoch.length;
  while (at > 0 && (epoch[at - 1] as Range)[1] >= sequence) at--;
  const [below, here] = [epoch[at - 1], epoch[at]];
  if (below && below[3] > atMs + slackMs) return undefined;
  if (here && here[0] <= sequence) {
    return atMs >= here[2] - slackMs && atMs <= here[3] + slackMs ? 'known' : undefined;
  }
  if (here && here[2] < atMs - slackMs) return undefined;
  const joinsBelow = below && below[1] === sequence - 1;
  const joinsHere = here && here[0] === sequence + 1;
  const range: Range = [
    joinsBelow ? below[0] : sequence,
    joinsHere ? here[1] : sequence,
    joinsBelow ? below[2] : atMs,
    joinsHere ? here[3] : atMs,
  ];
  const next = [...epoch.slice(0, joinsBelow ? at - 1 : at), range, ...epoch.slice(joinsHere ? at + 1 : at)];
  // Too many holes: the oldest is closed, so that what is kept stays small.
  if (next.length <= rangesMax) return next;
  const [first, second, ...rest] = next as [Range, Range, ...Range[]];
  return [[first[0], second[1], first[2], second[3]], ...rest];
}
