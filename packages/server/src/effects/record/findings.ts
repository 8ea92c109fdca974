/** What is wrong with a record, and where. */
export interface Finding {
  readonly kind: FindingKind;
  /** First and last entry that it concerns; they are the same where it is exact. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Line of the export file, from 1. */
  readonly line: number | undefined;
  readonly says: string;
}

/** The closed list of findings, each with its sentence. */
export const findingKinds = {
  edited: 'The stored bytes of an entry are not what was recorded.',
  shown: 'What is shown beside the bytes of an entry is not what they say.',
  missing: 'Entries are not there.',
  moved: 'An entry stands in the wrong place.',
  inserted: 'An entry was put in.',
  unreadable: 'A line or row is not what the record writes.',
  name: 'A name is not the one that its pseudonym was made from.',
  omitted: 'An entry is shown by its hash only, though nothing says that the export was filtered.',
  checkpoint: 'A signed head is malformed, misplaced or not signed by the key.',
  rewritten: 'Entries are not those that a signed head covers.',
  truncated: 'The record ends before a signed head that was kept elsewhere.',
  header: 'The first line does not fit the rest.',
  head: 'The stored head is not the head of the stored entries.',
} as const;
type FindingKind = keyof typeof findingKinds;

/** Collects findings; keeps the first `findingsMax` and counts them all. */
export interface Findings {
  readonly kept: Finding[];
  count(): number;
  add(kind: FindingKind, at: { readonly from?: number; readonly to?: number; readonly line?: number | undefined }, says: string): void;
}

const findingsMax = 1_000;

/** An empty collection. */
export function collectFindings(): Findings {
  const kept: Finding[] = [];
  let total = 0;
  return {
    kept,
    count: () => total,
    add(kind, { from, to = from, line }, says) {
      total += 1;
      if (kept.length < findingsMax) kept.push({ kind, from, to, line, says });
    },
  };
}
