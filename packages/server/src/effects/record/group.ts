import { appendLeaves, leafHash, type TreeHead } from '../../kernel/merkle.ts';
import type { Committed, Sealed, SeenRow, StepResult, Tx } from '../../kernel/recorder.ts';
import { bytesOf, type Line } from './canonical.ts';
import type { NameRow } from './names.ts';

/** What of a commit can be made ready before its transaction. */
export interface Written {
  readonly lines: readonly Line[];
  readonly names: readonly NameRow[];
}

/** A commit waiting for its transaction. */
export interface Prepared extends Written {
  readonly sealed: readonly Sealed[];
  readonly seen: readonly SeenRow[];
  readonly latch: number | undefined;
  /** Runs inside the transaction; entries that it adds come back ready. */
  readonly steps: ((tx: Tx) => Promise<StepResult & { readonly written?: Written }>) | undefined;
}

/** What came of one commit of a group. `failed`: this one alone, the others stand. */
export type Appended = Committed | { readonly status: 'failed'; readonly error: unknown };

/** A row of the ledger with its place in the tree. */
export interface LedgerRow {
  readonly entry: number;
  readonly line: Line;
  readonly bytes: string;
  readonly leaf: Uint8Array;
}

/** Everything that a group writes besides its steps. */
export interface Batch {
  readonly rows: readonly LedgerRow[];
  readonly names: readonly NameRow[];
  readonly sealed: readonly Sealed[];
  readonly seen: readonly SeenRow[];
  readonly head: TreeHead;
  /** Some steps changed what others watch: stops, policies, tickets … */
  readonly stepped: boolean;
}

/** One transaction that holds the tree. */
export interface Session {
  /** Takes the tree's lock, then reads what nobody else can move any more. */
  begin(): Promise<{ readonly head: TreeHead; readonly generation: number }>;
  generation(): Promise<number>;
  /** Runs in a savepoint of its own: a conflict or a throw leaves nothing behind and spares the rest of the group. Throws only when the whole transaction is lost. */
  step<T extends StepResult>(steps: (tx: Tx) => Promise<T>): Promise<T | { readonly ok: false; readonly error: unknown }>;
  write(batch: Batch): Promise<void>;
  commit(): Promise<void>;
  /** Tells this process's own watchers at once, where they do not hear of it by themselves. */
  wake?(): void;
  /** Never throws. */
  rollback(): Promise<void>;
}

/**
 * Appends a group of commits in one transaction. Order matters: the tree's lock before the latch, so that a stop is
 * either seen here or comes after; the latch again after every step, because that step may be a stop.
 */
export async function appendGroup(session: Session, group: readonly Prepared[]): Promise<readonly Appended[]> {
  try {
    let { head, generation } = await session.begin();
    const rows: LedgerRow[] = [];
    const names: NameRow[] = [];
    const sealed: Sealed[] = [];
    const seen: SeenRow[] = [];
    const results: Appended[] = [];
    let ran = false;
    let stepped = false;
    for (const one of group) {
      if (one.latch !== undefined && one.latch !== generation) {
        results.push({ status: 'latch_moved' });
        continue;
      }
      let more: Written | undefined;
      if (one.steps) {
        const said = await session.step(one.steps);
        if (!said.ok) {
          results.push('error' in said ? { status: 'failed', error: said.error } : { status: 'conflict', conflict: said.conflict });
          continue;
        }
        ran = true;
        stepped ||= !said.quiet;
        more = 'written' in said ? said.written : undefined;
        generation = await session.generation();
      }
      results.push({ status: 'committed', first: head.size + rows.length });
      for (const line of more ? [...one.lines, ...more.lines] : one.lines) {
        const entry = head.size + rows.length;
        const bytes = bytesOf(line, entry);
        rows.push({ entry, line, bytes, leaf: leafHash(bytes) });
      }
      names.push(...one.names, ...(more?.names ?? []));
      sealed.push(...one.sealed);
      seen.push(...one.seen);
    }
    if (rows.length === 0 && sealed.length === 0 && seen.length === 0 && !ran) {
      await session.rollback();
      return results;
    }
    head = appendLeaves(
      head,
      rows.map((row) => row.leaf),
    );
    await session.write({ rows, names, sealed, seen, head, stepped });
    await session.commit();
    if (stepped) session.wake?.();
    return results;
  } catch (error) {
    await session.rollback();
    throw error;
  }
}
