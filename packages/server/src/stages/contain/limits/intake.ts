import type { SettleSpend } from '../../../kernel/limits.ts';
import type { OpenLimits } from './act.ts';

/** The door for what telemetry tells: what the models of a run cost, in dollars and tokens. */
export function spendIntake(limits: Pick<OpenLimits, 'settleSpend'>): SettleSpend {
  return limits.settleSpend;
}
