import { counted } from '../../kernel/counted.ts';
import { rootOf, type TreeHead } from '../../kernel/merkle.ts';
import { type Checkpoint, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import type { Findings } from './findings.ts';
import type { GrowingTree } from './growing.ts';
import type { NoteVerifier } from './note.ts';
import { equal } from './proofs.ts';

/** Holds the growing tree against signed heads, of the record itself and kept elsewhere. */
export interface Walk {
  /** Compares with the heads kept elsewhere that end at the present size; call after every entry and every signed head. */
  atBoundary(): void;
  /** A signed head that stands at the present size. Peaks that fit it repair a lost tree. */
  signed(note: string, line: number | undefined, peaks?: TreeHead): void;
  finish(): Confirmed;
}

/** How far which signature reaches. */
export interface Confirmed {
  readonly size: number;
  /** Base64; null when damage keeps it from being known. */
  readonly root: string | null;
  /** Everything below was found under a signature of the record itself, and under one that was kept elsewhere. */
  readonly signed_to: number;
  readonly confirmed_to: number;
  /** Signed heads that could not be compared, since what they cover is damaged. */
  readonly uncompared: number;
}

/** What a walk compares: the tree, with the keys that may sign its heads and the notes that were kept elsewhere. */
export interface Walking {
  readonly findings: Findings;
  readonly tree: GrowingTree;
  readonly keys: readonly NoteVerifier[];
  readonly outside: readonly string[];
}

/** Starts before the first entry. */
export function startWalk({ findings, tree, keys, outside }: Walking): Walk {
  const heads = openOutside(findings, keys, outside);
  let [signedTo, confirmedTo, uncompared, at] = [0, 0, 0, 0];
  const agrees = (checkpoint: Checkpoint, which: string, from: number, line: number | undefined): boolean => {
    const root = tree.root();
    if (!root) uncompared += 1;
    else if (equal(root, checkpoint.root)) return true;
    else
      findings.add(
        'rewritten',
        { from, to: checkpoint.size - 1, line },
        `The entries from ${from} to ${checkpoint.size - 1} are not those that ${which} covers.`,
      );
    return false;
  };
  return {
    atBoundary() {
      const size = tree.size();
      for (let outer = heads[at]; outer && outer.size <= size; outer = heads[++at]) {
        // A lost tree may be repaired by the signed head that comes next; until then this one waits.
        if (outer.size === size && !tree.root()) return;
        if (outer.size < size) uncompared += 1;
        else if (agrees(outer, `the signed head of ${counted(size, 'entry', 'entries')} kept elsewhere`, confirmedTo, undefined))
          confirmedTo = size;
      }
    },
    signed(note, line, peaks) {
      const size = tree.size();
      const where = { from: Math.max(0, size - 1), line };
      const checkpoint = attempt(() => verifyCheckpoint(note, keys));
      if (typeof checkpoint === 'string')
        findings.add('checkpoint', where, `The signed head after ${counted(size, 'entry', 'entries')}: ${checkpoint}`);
      else if (checkpoint.size !== size)
        findings.add('checkpoint', where, `A signed head of ${counted(checkpoint.size, 'entry', 'entries')} stands after ${size}.`);
      else {
        const root = tree.root();
        if (agrees(checkpoint, `the signed head of ${counted(size, 'entry', 'entries')}`, signedTo, line)) signedTo = size;
        // Without peaks nothing shows where the right tree goes on; comparing the rest would only repeat this finding.
        else if (root && !peaks) tree.lose();
        if (!peaks) return;
        if (peaks.size !== size || !equal(rootOf(peaks), checkpoint.root)) {
          findings.add('checkpoint', where, `The peaks beside the signed head of ${counted(size, 'entry', 'entries')} are not of it.`);
          return;
        }
        // What the key signed is what the walk goes on from, so that later damage is located by itself.
        tree.resume(peaks);
        signedTo = size;
      }
    },
    finish() {
      const size = tree.size();
      for (const { size: expected } of heads.slice(at)) {
        if (expected <= size) uncompared += 1;
        else
          findings.add(
            'truncated',
            { from: size, to: expected - 1 },
            `A signed head kept elsewhere has ${counted(expected, 'entry', 'entries')}; this record ends after ${size}, so ${expected - size} are gone.`,
          );
      }
      const root = tree.root();
      return { size, root: root ? Buffer.from(root).toString('base64') : null, signed_to: signedTo, confirmed_to: confirmedTo, uncompared };
    },
  };
}

function openOutside(findings: Findings, keys: readonly NoteVerifier[], notes: readonly string[]): readonly Checkpoint[] {
  const heads: Checkpoint[] = [];
  for (const note of notes) {
    const checkpoint = attempt(() => verifyCheckpoint(note, keys));
    if (typeof checkpoint !== 'string') heads.push(checkpoint);
    else {
      const claimed = attempt(() => parseCheckpoint(note));
      const about = typeof claimed === 'string' ? '' : ` of ${counted(claimed.size, 'entry', 'entries')}`;
      findings.add(
        'checkpoint',
        {},
        `The head${about} kept elsewhere is not signed by this record's key: ${checkpoint} Either it is of another record, or this record was signed again with another key.`,
      );
    }
  }
  return heads.sort((a, b) => a.size - b.size);
}

/** What a function gives, or what it says when it throws. */
export function attempt<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
