import type { Call } from '../../kernel/call.ts';
import { expressionScope } from '../../kernel/expression-scope.ts';
import type { Moment, Subject } from '../../kernel/facts.ts';
import type { ProfileRules, ToolRules } from '../../kernel/rules.ts';
import type { Ruling } from '../../kernel/stage.ts';

type Asked = Pick<Call, 'method' | 'name' | 'args' | 'claims'>;
type Line = ProfileRules['allow'][number];

/** A read-only connector bars every tool whose effect is not `read` or `draft`. */
export function notReadable({ connector }: Subject, rules: ToolRules): Ruling | undefined {
  if (connector.access !== 'read-only' || rules.effect === 'read' || rules.effect === 'draft') return undefined;
  const says = `The connector ${connector.id} is read-only, and this would ${rules.effect}`;
  return { verdict: 'deny', code: 'read_only', rule: `connector/${connector.id}/access`, says, owner: connector.owner };
}

/** Why the profile does not cover an operation, undefined when it does or there is none. */
export function outsideProfile(asked: Asked, subject: Subject, moment: Moment, how: 'as called' | 'as offered'): Ruling | undefined {
  const { profile, connector, plugin } = subject;
  if (!profile) return undefined;
  const lines = profile.allow.filter(
    (line) => line.connector === connector.id && (asked.method !== 'tools/call' || line.tools.has(asked.name) || line.tools.has('*')),
  );
  const scope = expressionScope({ call: asked, subject }, moment);
  const met = (line: Line) =>
    line.when === undefined || (line.when.mentions.has('args') && counts(asked, how)) || evaluable(line, asked, scope);
  if (lines.some(met)) return undefined;
  const says =
    lines.length === 0
      ? `The task profile ${profile.id} does not include this`
      : `The task profile ${profile.id} includes this only under a condition that does not hold here`;
  return { verdict: 'deny', code: 'not_in_profile', rule: lines[0]?.rule ?? `profile/${profile.id}`, says, owner: plugin.owner };
}

function counts(asked: Asked, how: 'as called' | 'as offered'): boolean {
  return how === 'as offered' && asked.method === 'tools/call';
}

/** Prompts and resources have no arguments that a `when` about arguments could hold for: it does not cover them. */
function evaluable(line: Line, asked: Asked, scope: ReturnType<typeof expressionScope>): boolean {
  if (line.when === undefined) return true;
  if (asked.method !== 'tools/call' && line.when.mentions.has('args')) return false;
  return line.when.evaluate(scope);
}
