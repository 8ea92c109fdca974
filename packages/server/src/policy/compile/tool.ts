import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolRules } from '../../kernel/rules.ts';
import { compileSchema } from '../../kernel/schema.ts';
import type { Valid } from '../validate.ts';
import { approvalRule } from './approvals.ts';
import { canBeUndone, changesOf } from './changes.ts';
import { type CompileContext, type ExpressionPlace, expressionAt, mustExist, wrong } from './context.ts';
import { compileOutsiders } from './outsiders.ts';
import type { ProbeChoice } from './probe.ts';
import { templateProblem } from './template.ts';

type ConnectorDocument = Extract<Valid, { kind: 'connector' }>;
type ToolDocument = ConnectorDocument['body']['tools'][string];

/** What the connector says for all its tools. */
export interface ToolSurroundings {
  readonly mode: ToolRules['mode'];
  readonly requiresApproval: boolean;
  /** The connector that a probe of this one reads through. */
  readonly probes: ProbeChoice;
}

const factNames = ['reach', 'amount', 'destination'];

/** The rules of one tool, every expression compiled. */
export function compileTool(
  context: CompileContext,
  document: ConnectorDocument,
  name: string,
  tool: ToolDocument,
  around: ToolSurroundings,
): ToolRules {
  const full = `${document.body.connector}.${name}`;
  const at = (part: string, path: readonly PropertyKey[], when: ExpressionPlace['when']): ExpressionPlace => ({
    document,
    path: ['tools', name, ...path],
    id: `${part}/${full}`,
    when,
  });
  const mode = tool.mode ?? around.mode;
  const saysProblem = tool.says === undefined ? undefined : templateProblem(tool.says);
  if (saysProblem) wrong(context, document, ['tools', name, 'says'], saysProblem);
  if (tool.instead)
    mustExist(context, document, ['tools', name, 'instead', 'tool'], 'tool', tool.instead.tool, Object.keys(document.body.tools));
  return {
    name,
    effect: tool.effect,
    reversible: canBeUndone(tool),
    reach: asked(context, at('reach', ['reach'], 'call'), tool.reach, 'count', around.probes),
    recipients: asked(context, at('recipients', ['recipients'], 'call'), tool.recipients, 'strings', around.probes),
    destination:
      tool.destination === undefined
        ? undefined
        : expressionAt(context, at('destination', ['destination'], 'call'), tool.destination, 'string'),
    amount: tool.amount && {
      value: expressionAt(context, at('amount', ['amount', 'value'], 'call'), tool.amount.value, 'number'),
      currency: expressionAt(context, at('currency', ['amount', 'currency'], 'call'), tool.amount.currency, 'string'),
    },
    sources: tool.sources.map((source, i) => expressionAt(context, at(`source-${i + 1}`, ['sources', i], 'call'), source, 'string')),
    checks: tool.check.map((check, i) => {
      const rule = expressionAt(
        context,
        { ...at('check', ['check', i, 'rule'], 'facts'), id: `check/${full}/${i + 1}` },
        check.rule,
        'boolean',
      );
      return {
        id: rule.id,
        rule,
        says: check.says,
        mode: check.mode ?? mode,
        needsTier: factNames.some((fact) => rule.mentions.has(fact)),
      };
    }),
    overlay: overlay(context, document, name, tool.arguments as JsonObject | undefined),
    approvals:
      tool.approvals && approvalRule(`approvals/${full}`, tool.approvals, { context, document, path: ['tools', name, 'approvals'] }),
    requiresApproval: around.requiresApproval || tool.requires_approval,
    says: tool.says,
    instead: tool.instead?.tool,
    idempotent: tool.idempotent,
    idempotencyArgument: tool.idempotency_argument,
    mode,
    ...changesOf(context, at, tool, { document, probes: around.probes, name }),
    ...(tool.data && { data: tool.data }),
    ...(tool.outsiders_write !== undefined && { outsiders: compileOutsiders(tool.outsiders_write) }),
  };
}

type Asked = NonNullable<ToolDocument['reach']>;

function asked<W extends 'count' | 'strings'>(
  context: CompileContext,
  place: ExpressionPlace,
  written: Asked | undefined,
  wanted: W,
  probes: ProbeChoice,
) {
  if (written === undefined) return undefined;
  if (typeof written === 'string') return expressionAt(context, place, written, wanted);
  const inside = (path: readonly PropertyKey[], when: ExpressionPlace['when']): ExpressionPlace => ({
    ...place,
    path: [...place.path, ...path],
    when,
  });
  const connector = probes(context, place.document, [...place.path, 'probe', 'tool'], written.probe.tool);
  const args = Object.entries(written.probe.args).map(
    ([key, text]) => [key, expressionAt(context, inside(['probe', 'args', key], 'call'), text, 'any')] as const,
  );
  return {
    connector: connector ?? '',
    tool: written.probe.tool,
    args: Object.fromEntries(args),
    value: expressionAt(context, inside(['value'], 'answer'), written.value, wanted),
  };
}

function overlay(context: CompileContext, document: ConnectorDocument, name: string, schema: JsonObject | undefined): ToolRules['overlay'] {
  if (schema === undefined) return undefined;
  try {
    return { schema, validate: compileSchema(schema) };
  } catch (error) {
    wrong(
      context,
      document,
      ['tools', name, 'arguments'],
      `This JSON Schema cannot be used: ${error instanceof Error ? error.message : 'it is malformed'}`,
    );
    return { schema, validate: () => 'cannot be checked' };
  }
}
