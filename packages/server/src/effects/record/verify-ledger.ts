import { counted } from '../../kernel/counted.ts';
import { encodePeaks } from '../../kernel/merkle.ts';
import type { Trust } from './checking.ts';
import { collectFindings, type Findings } from './findings.ts';
import { type GrowingTree, growTree } from './growing.ts';
import type { Ledger, LedgerRow } from './ledger-read.ts';
import { parseVerifierKey } from './note.ts';
import { equal } from './proofs.ts';
import { pseudonymOf } from './pseudonym.ts';
import { followSequence, type Sequence } from './sequence.ts';
import { pseudonymsOf } from './show.ts';
import { sentence, type VerifyReport } from './verify.ts';
import { checkRow } from './verify-row.ts';
import { startWalk, type Walk } from './walk.ts';

interface Checking {
  readonly ledger: Ledger;
  readonly findings: Findings;
  readonly tree: GrowingTree;
  readonly walk: Walk;
  readonly sequence: Sequence;
  readonly counts: { entries: number; unresolved: number };
}

const pageRows = 1_000;

/** Verifies the stored record where it lies: rows, columns, names, signed heads and the head that appending goes on from. */
export async function verifyLedger(ledger: Ledger, trust: Trust & { readonly publicKey: string }): Promise<VerifyReport> {
  const key = parseVerifierKey(trust.publicKey);
  const [findings, tree] = [collectFindings(), growTree()];
  const walk = startWalk({ findings, tree, keys: [key], outside: trust.checkpoints });
  const checking: Checking = {
    ledger,
    findings,
    tree,
    walk,
    sequence: followSequence(findings, tree.lose),
    counts: { entries: 0, unresolved: 0 },
  };
  // What is appended while this runs is left for the next time.
  const head = (await ledger.head()) ?? { size: 0, peaks: new Uint8Array() };
  const signed = await walkRows(checking, head.size);
  checking.sequence.skipTo(head.size, undefined);
  tree.skip(Math.max(0, head.size - tree.size()));
  const now = tree.head();
  if (now && !equal(encodePeaks(now), head.peaks))
    findings.add('head', { from: 0, to: Math.max(0, head.size - 1) }, 'The stored head is not that of the stored entries.');
  await checkBeyond(checking, head.size, signed);
  checking.sequence.finish();
  const confirmed = walk.finish();
  return {
    ok: findings.count() === 0,
    says: sentence(findings.count(), confirmed),
    origin: key.name,
    public_key: trust.publicKey,
    key_from: 'given',
    entries: checking.counts.entries,
    omitted: 0,
    query: undefined,
    unresolved: checking.counts.unresolved,
    confirmed,
    findings: findings.kept,
    findings_count: findings.count(),
  };
}

/** Returns the size of the last signed head that it came past. */
async function walkRows(checking: Checking, size: number): Promise<number> {
  const { ledger, tree, walk, sequence, counts } = checking;
  let heads = [...(await ledger.checkpoints(0, pageRows))];
  let signed = 0;
  for (let at = -1; ; ) {
    const rows = (await ledger.newer({ after: at, limit: pageRows })).filter(({ entry }) => entry < size);
    if (rows.length === 0) return signed;
    const entries = rows.map((row) => checkRow(checking.findings, row));
    await checkNames(checking, entries);
    for (const row of rows) {
      counts.entries += 1;
      const before = sequence.next();
      if (sequence.take(row.entry, undefined)) tree.add(row.leaf);
      else tree.skip(sequence.next() - before);
      for (let next = heads[0]; next && next.size <= tree.size(); next = heads[0]) {
        signed = next.size;
        if (next.size === tree.size()) walk.signed(next.note, undefined);
        heads.shift();
        if (heads.length === 0) heads = [...(await ledger.checkpoints(signed, pageRows))];
      }
      walk.atBoundary();
    }
    at = (rows.at(-1) as LedgerRow).entry;
  }
}

async function checkNames({ ledger, findings, counts }: Checking, entries: readonly ReturnType<typeof checkRow>[]): Promise<void> {
  const firstUse = new Map<string, number>();
  for (const entry of entries)
    for (const pseudonym of entry ? pseudonymsOf(entry) : []) if (!firstUse.has(pseudonym)) firstUse.set(pseudonym, entry?.entry ?? 0);
  const rows = await ledger.names([...firstUse.keys()]);
  counts.unresolved += firstUse.size - rows.length;
  for (const { pseudonym, kind, name, salt } of rows) {
    if (pseudonymOf(salt, kind, name) === pseudonym) continue;
    findings.add('name', { from: firstUse.get(pseudonym) ?? 0 }, `"${name}" (${kind}) is not the name that ${pseudonym} was made from.`);
  }
}

/** Rows that appending would not have written, and signed heads of entries that are no more. */
async function checkBeyond({ ledger, findings, walk, sequence, tree }: Checking, size: number, signed: number): Promise<void> {
  const [beyond] = await ledger.newer({ after: size - 1, limit: 1 });
  const head = await ledger.head();
  if (beyond && beyond.entry >= (head?.size ?? 0))
    findings.add(
      'inserted',
      { from: beyond.entry },
      `Entry ${beyond.entry} stands behind the head of ${counted(head?.size ?? 0, 'entry', 'entries')}.`,
    );
  for (const { size: promised } of await ledger.checkpoints(Math.max(signed, size), 1)) {
    if (promised <= (head?.size ?? 0)) continue;
    sequence.skipTo(promised, undefined);
    tree.skip(promised - tree.size());
    walk.atBoundary();
  }
}
