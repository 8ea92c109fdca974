import type { RecordBadge } from '@trapkey/contract/api/record.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { appendLeaves, emptyTree, encodePeaks, leafHash, type TreeHead } from '../../../kernel/merkle.ts';
import type { Ledger } from '../ledger-read.ts';
import { equal } from '../proofs.ts';
import type { VerifyReport } from '../verify.ts';

/** Entries that one turn looks at; then others get theirs. */
const turnEntries = 500;
const lookAgainMs = 60_000;
const findingsMax = 20;
/** Whoever asks waits no longer than this for what is under way. */
const waitMs = 50;

/** Says whether the record is as it was written: what is new is looked at as it is asked for, all of it when somebody wants that. */
export interface Badge {
  state(): Promise<RecordBadge>;
  /** Begins a look at everything; tells at once. */
  lookAtAll(): Promise<RecordBadge>;
}

type Finding = RecordBadge['findings'][number];

/** Opens it. Nothing is read before somebody asks. */
export function openBadge(parts: { readonly ledger: Ledger; readonly clock: Clock; readonly verify: () => Promise<VerifyReport> }): Badge {
  const { ledger, clock } = parts;
  let tree: TreeHead = emptyTree();
  let findings: readonly Finding[] = [];
  let atMs: number | undefined;
  let whole: Promise<void> | undefined;
  let following: Promise<void> | undefined;

  async function follow(): Promise<void> {
    const head = await ledger.head();
    while (head && tree.size < head.size && findings.length === 0) {
      const rows = await ledger.newer({ after: tree.size - 1, limit: Math.min(turnEntries, head.size - tree.size) });
      const wrong = rows.findIndex((row, i) => row.entry !== tree.size + i || !equal(leafHash(row.bytes), row.leaf));
      if (wrong >= 0 || rows.length === 0) {
        const entry = tree.size + Math.max(0, wrong);
        findings = [{ kind: 'entry', from: entry, to: entry, says: `Entry ${entry} is missing, or not as it was written.` }];
        break;
      }
      tree = appendLeaves(
        tree,
        rows.map(({ leaf }) => leaf),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (head && findings.length === 0 && tree.size === head.size && !equal(encodePeaks(tree), head.peaks))
      findings = [{ kind: 'head', from: 0, to: head.size - 1, says: 'The stored head is not that of the stored entries.' }];
    atMs = clock();
  }

  async function shown(): Promise<RecordBadge> {
    const size = (await ledger.head())?.size ?? 0;
    const state = findings.length > 0 ? 'damaged' : atMs === undefined ? 'unknown' : 'ok';
    const says =
      state === 'damaged'
        ? `The record is damaged: ${findings[0]?.says ?? ''}`
        : state === 'unknown'
          ? 'The record is being looked at.'
          : `Every entry up to ${tree.size} is as it was written.`;
    return { state, to: tree.size, size, atMs: atMs ?? null, looking: whole !== undefined, says, findings: [...findings] };
  }

  return {
    async state() {
      if (atMs === undefined || clock() - atMs > lookAgainMs) {
        following ??= follow().finally(() => {
          following = undefined;
        });
        // A small record is told of at once; a large one the next time somebody asks.
        await Promise.race([following.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, waitMs).unref())]);
      }
      return await shown();
    },
    async lookAtAll() {
      whole ??= parts
        .verify()
        .then((report) => {
          findings = report.findings
            .slice(0, findingsMax)
            .map(({ kind, from, to, says }) => ({ kind, from: from ?? null, to: to ?? null, says }));
          atMs = clock();
        })
        .finally(() => {
          whole = undefined;
        });
      await Promise.race([whole.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, waitMs).unref())]);
      return await shown();
    },
  };
}
