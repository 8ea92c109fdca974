import type { AutonomyView, Evidence } from '../../../kernel/autonomy.ts';
import { type AutonomyLevel, autonomyLevels, stepFrom } from '../../../kernel/autonomy-level.ts';
import { cleanNeeded, rateAtLeast } from '../sampling/interval.ts';
import { usualConfidence } from '../sampling/statement.ts';

/** The clean rate that must be shown, at the lower bound, before a workflow goes up to a level. */
const rateFor: Readonly<Partial<Record<AutonomyLevel, number>>> = { sample: 0.9, unattended: 0.95 };

/** What was counted since the cap last changed. */
export interface Counts {
  readonly sinceMs: number;
  readonly lots: number;
  readonly sampled: number;
  readonly wrong: number;
  readonly undone: number;
  readonly approved: number;
  readonly refused: number;
}

/**
 * Counts as evidence. Where a person decides each call, what they said to its tickets counts too; above that only what was
 * drawn by lot does.
 */
export function evidenceOf(counts: Counts, level: AutonomyLevel): Evidence {
  const tickets = level === 'approve' || level === 'draft' ? counts : { approved: 0, refused: 0 };
  const looked = counts.sampled + tickets.approved + tickets.refused;
  const right = Math.max(0, looked - counts.wrong - tickets.refused);
  return {
    sinceMs: counts.sinceMs,
    looked,
    right,
    lots: counts.lots,
    undone: counts.undone,
    cleanRate: looked === 0 ? null : right / looked,
    cleanRateAtLeast: rateAtLeast({ good: right, total: looked }, usualConfidence),
    confidence: usualConfidence,
  };
}

/** The level above, and what it takes. */
export function nextOf(level: AutonomyLevel, policy: AutonomyLevel, evidence: Evidence): AutonomyView['next'] {
  const next = stepFrom(level, 1);
  if (next === undefined || autonomyLevels.indexOf(next) > autonomyLevels.indexOf(policy)) return undefined;
  const rate = rateFor[next];
  if (rate === undefined) return { level: next, met: true, needs: 'nothing: a person decides each call there' };
  if (evidence.cleanRateAtLeast >= rate) return { level: next, met: true, needs: `shown: a clean rate of at least ${percent(rate)}` };
  const missing = evidence.looked - evidence.right;
  const more = cleanMore(evidence, rate);
  const found = missing === 0 ? '' : `, ${missing} of those so far being wrong`;
  return {
    level: next,
    met: false,
    needs: `a clean rate of at least ${percent(rate)} at ${percent(usualConfidence)} confidence: ${more} more that are right${found}`,
  };
}

/** How many more in a row, all right, bring the bound there. */
function cleanMore({ looked, right }: Evidence, rate: number): number {
  let few = 0;
  let enough = Math.max(1, cleanNeeded(rate, usualConfidence));
  const shown = (more: number) => rateAtLeast({ good: right + more, total: looked + more }, usualConfidence) >= rate;
  while (!shown(enough)) enough *= 2;
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (shown(middle)) enough = middle;
    else few = middle;
  }
  return enough;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
