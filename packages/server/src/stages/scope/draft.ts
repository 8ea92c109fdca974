import { levelInForce } from '../../kernel/autonomy.ts';
import type { Call } from '../../kernel/call.ts';
import type { Moment, Subject } from '../../kernel/facts.ts';
import type { ToolRules } from '../../kernel/rules.ts';
import type { Ruling } from '../../kernel/stage.ts';

/** A workflow at `draft` only reads and drafts. Taking back what it did before is no work of its own. */
export function draftOnly(call: Pick<Call, 'name' | 'change'>, subject: Subject, rules: ToolRules, moment: Moment): Ruling | undefined {
  if (rules.effect === 'read' || rules.effect === 'draft' || call.change?.kind === 'undo') return undefined;
  const { level, rule } = levelInForce(subject, call.name, moment);
  if (level !== 'draft') return undefined;
  const { connector, plugin } = subject;
  const instead = rules.instead === undefined ? '' : ` Use ${rules.instead} instead`;
  const says = `${plugin.id} may only draft where it would use ${connector.id}.${call.name}, and this would ${rules.effect}.${instead}`;
  return { verdict: 'deny', code: 'draft_only', rule, says: says.replace(/\.$/, ''), owner: connector.owner };
}
