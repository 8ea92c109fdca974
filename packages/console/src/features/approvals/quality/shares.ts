import type { RuleQuality } from '@trapkey/contract/api/quality.ts';

const asksMin = 20;
const grantedMin = 0.98;
const fastMin = 0.5;

/** A part of a whole, as 0 to 1. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Whether a rule asks often, is granted nearly always, and mostly faster than anybody reads. */
export function looksEmpty({ asks, granted, refused, underThreeSeconds }: RuleQuality): boolean {
  const decided = granted + refused;
  return asks >= asksMin && share(granted, decided) >= grantedMin && share(underThreeSeconds, decided) >= fastMin;
}

/** Where one sees what became of the questions of one rule. */
export function decidedUnder(rule: string): string {
  return `/approvals?view=decided&rule=${encodeURIComponent(rule)}`;
}
