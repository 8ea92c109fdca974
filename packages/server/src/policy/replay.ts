import type { Verdict } from '@trapkey/contract/codes.ts';
import type { ReplayReport, ReplayRow } from '@trapkey/contract/policy/reports.ts';

/** A decision as the record holds it. `inputs` is undefined when they are erased or pruned. */
export interface RecordedDecision<Inputs> {
  readonly call: string;
  readonly was: Verdict;
  /** Who did what, for the list. */
  readonly says: string;
  readonly inputs: Inputs | undefined;
}

/** Decides recorded inputs again under another set. Undefined where they cannot be decided again. */
export type DecideAgain<Inputs> = (
  inputs: Inputs,
) =>
  | { readonly verdict: Verdict; readonly code: string; readonly rule: string }
  | undefined
  | Promise<{ readonly verdict: Verdict; readonly code: string; readonly rule: string } | undefined>;

const listedMax = 10_000;

/** Decides the whole record again and lists every verdict that would be another one. */
export async function replay<Inputs>(
  decisions: AsyncIterable<RecordedDecision<Inputs>>,
  decideAgain: DecideAgain<Inputs>,
): Promise<ReplayReport> {
  let replayed = 0;
  let unreadable = 0;
  let changes = 0;
  const transitions: Record<string, number> = {};
  const changed: ReplayRow[] = [];
  for await (const { call, was, says, inputs } of decisions) {
    const now = inputs === undefined ? undefined : await decideAgain(inputs);
    if (!now) {
      unreadable += 1;
      continue;
    }
    replayed += 1;
    if (now.verdict === was) continue;
    changes += 1;
    const transition = `${was}→${now.verdict}`;
    transitions[transition] = (transitions[transition] ?? 0) + 1;
    if (changed.length < listedMax) changed.push({ call, says, was, now: now.verdict, code: now.code, rule: now.rule });
  }
  return { replayed, same: replayed - changes, unreadable, transitions, changed, more: changes > changed.length };
}
