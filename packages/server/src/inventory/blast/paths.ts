import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import type { BlastPath } from '../../kernel/blast.ts';
import type { Classification } from '../../kernel/inventory.ts';
import type { PluginRules, PolicySet, ToolRules } from '../../kernel/rules.ts';
import { classify } from '../classify/classify.ts';
import type { ActionFacts } from './facts.ts';
import { connectorsOf } from './from-policy.ts';

const pathsMax = 3;

/** What a connection says of a tool, where its definition is known. */
export type Describe = (connection: string, tool: string) => ToolDefinition | undefined;

interface Step {
  readonly connector: string;
  readonly tool: string;
  readonly rules: ToolRules;
  readonly proposed: Classification;
}

/**
 * From words of outsiders over private data to an effect outside, over all connectors of one plugin: an agent that holds
 * them all is the wire between them. What a tool returns is judged by its words, which proposes and proves nothing.
 */
export function compoundPaths(
  plugin: PluginRules,
  set: PolicySet,
  actions: readonly ActionFacts[],
  describe: Describe,
): readonly BlastPath[] {
  const steps = connectorsOf(plugin, set).flatMap((connector) =>
    [...connector.tools.values()].map((rules): Step => {
      const { description, inputSchema } = describe(connector.connection, rules.name) ?? {};
      const shape = { name: rules.name, ...(description !== undefined && { description }), ...(inputSchema && { inputSchema }) };
      return { connector: connector.id, tool: rules.name, rules, proposed: classify(shape) };
    }),
  );
  const reads = steps.filter(({ rules }) => rules.effect === 'read');
  const sources = reads.filter(({ proposed }) => proposed.untrusted.value);
  const held = reads.filter(({ proposed }) => proposed.data.value.length > 0);
  const runsAlone = new Set(actions.filter(({ ways }) => ways.length > 0).map(nameOf));
  const outward = steps
    .filter(({ rules }) => rules.effect === 'send' || rules.effect === 'pay' || outside(rules))
    .toSorted((a, b) => Number(runsAlone.has(nameOf(b))) - Number(runsAlone.has(nameOf(a))));
  const [source] = sources;
  if (!source) return [];
  return outward.slice(0, pathsMax).flatMap((out) => {
    const between = held.find((one) => one.connector !== source.connector) ?? held.find((one) => one !== source) ?? held[0];
    return between ? [pathOf(plugin.id, source, between, out, runsAlone.has(nameOf(out)) || reading(out))] : [];
  });
}

function pathOf(plugin: string, source: Step, between: Step, out: Step, unattended: boolean): BlastPath {
  const classes = between.proposed.data.value.join(', ');
  const end = unattended ? 'which runs without a person' : 'where a person decides each call';
  return {
    steps: [source, between, out].map(nameOf),
    unattended,
    says: `${plugin}: words of outsiders (${nameOf(source)}) can make the agent read ${classes} (${nameOf(between)}) and send it out (${nameOf(out)}), ${end}`,
  };
}

/** A destination that policy does not fix inside may be anywhere. */
function outside({ destination }: ToolRules): boolean {
  return destination !== undefined && destination.source.trim().replaceAll(/["']/g, '') !== 'inside';
}

/** What goes out with a read is held by no tier. */
function reading({ rules }: Step): boolean {
  return rules.mode !== 'enforce' && (rules.effect === 'read' || rules.effect === 'draft');
}

function nameOf({ connector, tool }: { readonly connector: string; readonly tool: string }): string {
  return `${connector}.${tool}`;
}
