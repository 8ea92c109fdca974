import type { StopScopeShown } from '@trapkey/contract/api/stops.ts';
import { count } from '../../lib/format.ts';

/** A scope as it is typed: `plugin:sales`, `everything`. */
export function scopeText({ kind, id }: StopScopeShown): string {
  return id === undefined ? kind : `${kind}:${id}`;
}

/** What a person may choose from, and how the rest of it is written. */
export const scopeKinds: readonly (readonly [string, string, string])[] = [
  ['plugin', 'A plugin', 'sales-outreach'],
  ['connector', 'A connector', 'crm-act'],
  ['run', 'One run', '01M7…'],
  ['person', 'What runs for a person', 'j.rivera@corp.example'],
  ['agent', 'An agent and those it started', 'agent id'],
  ['release', 'One release', 'sales-outreach@2.1.0'],
  ['tool', 'One tool', 'crm-act.set_tier'],
  ['credential', 'The credentials of a connection', 'crm'],
  ['effect', 'An effect, everywhere', 'send'],
  ['everything', 'Everything', ''],
];

/** What each mode leaves running. */
export const modeWords = { freeze: 'Reads go on', full: 'Nothing runs' } as const;

/** So much of what a limit counts; money is counted in millionths. */
export function amountText(measure: string, units: number): string {
  if (measure === 'spend_usd') return `$${count(units / 1e6)}`;
  return count(measure === 'amount' ? units / 1e6 : units);
}
