import { createHash, createHmac } from 'node:crypto';

const seedBytesMin = 32;
const changesMax = 10_000_000;
/** Sets these blocks apart from any other use of the same seed. */
const label = Buffer.from('trapkey sample draw 1\n');
const words = 2 ** 32;

/** A draw over the changes of a closed batch. `root` is the Merkle root in hex, with or without `sha256:`. */
export interface Draw {
  readonly seed: Uint8Array;
  readonly root: string;
  readonly digests: readonly string[];
  readonly size: number;
}

/** A drawn change: where it stood in `digests` as given, and where it stands among the sorted ones. */
export interface Drawn {
  readonly index: number;
  readonly position: number;
  readonly digest: string;
}

/** What the record holds before a batch is closed, so that nobody can choose the seed afterwards. */
export function seedCommitment(seed: Uint8Array): string {
  checkSeed(seed);
  return `sha256:${createHash('sha256').update(seed).digest('hex')}`;
}

/**
 * One simple random draw without replacement, in draw order. It depends on seed, root and the set of digests alone: the
 * order in which changes came is sorted away. A smaller draw is the beginning of a larger one, so that a sample can be
 * enlarged and stays one draw.
 */
export function draw({ seed, root, digests, size }: Draw): readonly Drawn[] {
  checkSeed(seed);
  const rootBytes = bytesOf(root);
  const count = digests.length;
  if (count > changesMax) throw new RangeError(`a draw is over at most ${changesMax} changes, not ${count}`);
  if (!Number.isInteger(size) || size < 0) throw new RangeError(`a sample has a whole number of changes, not ${size}`);
  const sorted = Uint32Array.from(digests.keys()).sort((one, other) => compare(digests[one] as string, digests[other] as string));
  const below = numbers(seed, rootBytes);
  // Fisher-Yates that stops after `size` steps, over positions; only those that moved are kept.
  const moved = new Map<number, number>();
  const drawn: Drawn[] = [];
  for (let at = 0; at < Math.min(size, count); at++) {
    const picked = at + below(count - at);
    const position = moved.get(picked) ?? picked;
    moved.set(picked, moved.get(at) ?? at);
    const index = sorted[position] as number;
    drawn.push({ index, position, digest: digests[index] as string });
  }
  return drawn;
}

/** Uniform numbers under a bound: 32-bit words of HMAC-SHA-256(seed, label ‖ root ‖ counter), those past the last multiple thrown away. */
function numbers(seed: Uint8Array, root: Buffer): (bound: number) => number {
  const counter = Buffer.alloc(8);
  let block = Buffer.alloc(0);
  let blocks = 0n;
  let offset = 0;
  const word = () => {
    if (offset === block.length) {
      counter.writeBigUInt64BE(blocks++);
      block = createHmac('sha256', seed).update(label).update(root).update(counter).digest();
      offset = 0;
    }
    offset += 4;
    return block.readUInt32BE(offset - 4);
  };
  return (bound) => {
    const fair = words - (words % bound);
    for (;;) {
      const candidate = word();
      if (candidate < fair) return candidate % bound;
    }
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function checkSeed(seed: Uint8Array): void {
  if (seed.length < seedBytesMin) throw new RangeError(`a seed has at least ${seedBytesMin} bytes: a shorter one can be guessed`);
}

function bytesOf(root: string): Buffer {
  const hex = root.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new RangeError('a root is 64 lower-case hex digits');
  return Buffer.from(hex, 'hex');
}
