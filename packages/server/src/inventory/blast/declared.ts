import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import type { BlastDeclared, BlastReport } from '../../kernel/blast.ts';
import type { ConnectorRules, PolicySet } from '../../kernel/rules.ts';
import { classify } from '../classify/classify.ts';
import { connectorsOf } from './from-policy.ts';

/** What a connection offers, as its definitions were pinned last. */
export type Offered = (connection: string) => readonly ToolDefinition[];

/** The tools that a connector's server offers and its rules do not let through, each with the effect that its words propose. */
export function declaredOnly(connector: ConnectorRules, offered: Offered): readonly BlastDeclared[] {
  // One that only observes lets through what it does not list, too.
  if (connector.tools.has('*') || connector.mode !== 'enforce') return [];
  return offered(connector.connection)
    .filter(({ name }) => !connector.tools.has(name))
    .map(({ name, description, inputSchema }) => {
      const { effect } = classify({ name, ...(description !== undefined && { description }), inputSchema });
      return { connector: connector.id, tool: name, effect: effect.value, because: effect.because };
    });
}

/** A report with what each plugin's servers offer beyond what is granted. */
export function withDeclared(report: BlastReport, set: PolicySet, offered: Offered): BlastReport {
  const plugins = report.plugins.map((plugin) => {
    const rules = set.plugins.get(plugin.plugin);
    return { ...plugin, declared: rules ? connectorsOf(rules, set).flatMap((one) => declaredOnly(one, offered)) : [] };
  });
  return { ...report, plugins };
}
