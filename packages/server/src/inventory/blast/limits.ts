import type { LimitIndex, LimitRule } from '../../kernel/limit-rules.ts';
import type { ActionFacts, Cap } from './facts.ts';
import { dayMs, runMs } from './facts.ts';
import { worth } from './ways.ts';

const counting: Readonly<Partial<Record<LimitRule['measure'], Cap['counts']>>> = {
  people: 'people',
  records: 'records',
  sends: 'sends',
  writes: 'calls',
  actions: 'calls',
  calls: 'calls',
};

/** The limits of a list that bound what is altered: enforced ones, of measures that count it. */
function capsOf(rules: readonly LimitRule[] | undefined): readonly Cap[] {
  return (rules ?? []).flatMap(({ id, measure, mode, max, windowMs, each, text }) => {
    const counts = counting[measure];
    return counts === undefined || mode !== 'enforce' ? [] : [{ rule: id, text, counts, max, windowMs, each }];
  });
}

/** Every limit of a plugin by where it stands. */
export function capsIn(index: LimitIndex | undefined) {
  return {
    plugin: (id: string) => capsOf(index?.byPlugin.get(id)),
    connector: (id: string) => capsOf(index?.byConnector.get(id)),
    tool: (id: string) => capsOf(index?.byTool.get(id)),
    profile: (id: string) => capsOf(index?.byProfile.get(id)),
  };
}

/** Whether a limit counts what this tool alters. */
export function covers(cap: Cap, { unit, effect }: Pick<ActionFacts, 'unit' | 'effect'>): boolean {
  if (cap.counts === 'sends') return effect === 'send';
  return cap.counts === 'calls' || cap.counts === unit;
}

/** What one tool may alter: so much in one call, so much in all. */
export interface Share {
  readonly call: number;
  readonly most: number;
}

/** What a limit leaves of one run. A window may come several times within it. */
export function capRun({ counts, max, windowMs }: Cap, shares: readonly Share[]): number {
  const units = max * (windowMs === undefined ? 1 : Math.max(1, Math.ceil(runMs / windowMs)));
  return counts === 'calls' || counts === 'sends' ? inCalls(units, shares) : units;
}

/** What it leaves of one day of everybody; what is counted for each run or person leaves any number of them. */
export function capDay({ counts, max, windowMs, each }: Cap, shares: readonly Share[]): number {
  if (each === 'run' || each === 'person' || windowMs === undefined) return Number.POSITIVE_INFINITY;
  const units = max * Math.max(1, Math.ceil(dayMs / windowMs));
  return counts === 'calls' || counts === 'sends' ? inCalls(units, shares) : units;
}

/** The most that so many calls alter: the largest ones first, of each tool as many as it has. */
function inCalls(calls: number, shares: readonly Share[]): number {
  const pieces = shares
    .filter(({ call, most }) => call > 0 && most > 0)
    .flatMap(({ call, most }) => {
      if (!Number.isFinite(call)) return [{ size: most, times: 1 }];
      const whole = Math.floor(most / call);
      return [{ size: call, times: whole }, ...(Number.isFinite(most) ? [{ size: most - whole * call, times: 1 }] : [])];
    })
    .toSorted((a, b) => b.size - a.size);
  let left = calls;
  let total = 0;
  for (const { size, times } of pieces) {
    if (left <= 0) break;
    const taken = Math.min(left, times);
    total += worth(taken, size);
    left -= taken;
  }
  return total;
}
