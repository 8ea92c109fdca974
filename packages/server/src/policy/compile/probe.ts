import { nearest } from '../nearest.ts';
import type { Valid } from '../validate.ts';
import { type CompileContext, ofKind, wrong } from './context.ts';

type ConnectorDocument = Extract<Valid, { kind: 'connector' }>;

/** Finds the connector that a probe for `tool` reads through, or reports why there is none. */
export type ProbeChoice = (context: CompileContext, document: Valid, path: readonly PropertyKey[], tool: string) => string | undefined;

/**
 * A probe names a `read` tool of a connector over the same connection, which every plugin that has the acting connector
 * has too: nobody reads through a probe what they may not read themselves.
 */
export function probesOf(acting: ConnectorDocument): ProbeChoice {
  return (context, document, path, tool) => {
    const connection = acting.body.connection ?? acting.body.connector;
    const siblings = ofKind(context, 'connector').filter((other) => (other.body.connection ?? other.body.connector) === connection);
    const offering = siblings.filter((other) => Object.hasOwn(other.body.tools, tool));
    const reading = offering.filter((other) => other.body.tools[tool]?.effect === 'read');
    const report = (says: string, near?: string): undefined => wrong(context, document, path, says, near) as undefined;
    if (offering.length === 0) {
      const known = siblings.flatMap((other) =>
        Object.entries(other.body.tools).flatMap(([name, rules]) => (rules.effect === 'read' ? [name] : [])),
      );
      return report(`No connector over connection \`${connection}\` has a tool \`${tool}\` to probe with`, nearest(tool, known));
    }
    if (reading.length === 0) return report(`A probe reads: \`${tool}\` has effect \`${offering[0]?.body.tools[tool]?.effect}\``);
    const plugins = ofKind(context, 'plugin').filter((plugin) => plugin.body.connectors.includes(acting.body.connector));
    const shared = reading.filter((other) => plugins.every((plugin) => plugin.body.connectors.includes(other.body.connector)));
    if (shared.length === 0) {
      const lacking =
        plugins.find((plugin) => !reading.some((other) => plugin.body.connectors.includes(other.body.connector))) ?? plugins[0];
      return report(
        `Plugin \`${lacking?.id}\` has \`${acting.body.connector}\` but not \`${reading[0]?.body.connector}\`, which its probe reads through; add that connector to the plugin`,
      );
    }
    return (shared.find((other) => other.body.connector === connection) ?? shared[0])?.body.connector;
  };
}
