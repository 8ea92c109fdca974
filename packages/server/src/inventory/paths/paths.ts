import type { Severity } from '../../kernel/inventory.ts';
import type { WorstPath } from '../../kernel/scan.ts';
import type { AbleConnector, AblePlugin } from './abilities.ts';

interface Ranked extends WorstPath {
  readonly score: number;
}

/** How freely outsiders can write into what a connector holds. */
const openness: Readonly<Record<string, number>> = {
  gmail: 9,
  'microsoft-365': 9,
  web: 9,
  browser: 9,
  chat: 8,
  zendesk: 8,
  intercom: 8,
  github: 8,
  gitlab: 8,
  'google-calendar': 8,
  slack: 6,
  atlassian: 6,
  hubspot: 6,
  sentry: 6,
  notion: 4,
};
/** How much it hurts when what a connector holds gets out. */
const weight: Readonly<Record<string, number>> = {
  salesforce: 9,
  hubspot: 9,
  snowflake: 9,
  databricks: 9,
  bigquery: 9,
  stripe: 9,
  sql: 8,
  supabase: 8,
  'microsoft-365': 8,
  gmail: 8,
  shell: 9,
  filesystem: 8,
  github: 7,
  'google-drive': 7,
  slack: 6,
};

/**
 * The worst ways from outsiders' words to harm, over all connectors of a plugin together: an agent that reads and acts
 * through both is the wire between them. At most one a plugin, the worst first.
 */
export function worstPaths(plugins: readonly AblePlugin[], pathsMax = 3): readonly WorstPath[] {
  const ranked = plugins.flatMap((plugin) =>
    pathsOf(plugin)
      .toSorted((a, b) => b.score - a.score)
      .slice(0, 1),
  );
  return ranked
    .toSorted((a, b) => b.score - a.score)
    .slice(0, pathsMax)
    .map(({ score: _, ...path }) => path);
}

function pathsOf(able: AblePlugin): readonly Ranked[] {
  const { connectors, plugin, runs } = able;
  const can = (what: keyof AbleConnector['connector']['can']) => connectors.filter(({ connector }) => connector.can[what] === 'yes');
  const source = best(can('untrusted'), openness);
  if (!source) return [];
  const found: Ranked[] = [];
  const from = beginning(source);
  const add = (severity: Severity, score: number, says: string, steps: readonly string[]) =>
    found.push({ plugin: plugin.name, severity, score: score + rank(source, openness), says: `${plugin.name}: ${says}`, steps });
  const executor =
    best(
      can('runs_code').filter((one) => one.known?.id === 'shell' || isLocal(one)),
      weight,
    ) ?? best(can('runs_code'), weight);
  const here = executor && (executor.known?.id === 'shell' || isLocal(executor));
  if (executor) {
    const where = here ? 'run code on this machine' : 'run code or change settings';
    add('critical', (here ? 60 : 38) + rank(executor, weight), `${from} can make the agent ${where}, through ${named(executor)}.`, [
      named(source),
      named(executor),
    ]);
  } else if (runs.some((part) => part.endsWith('.md')))
    add('high', 40, `${from} can steer a command that may run programs on this machine (${runs.find((part) => part.endsWith('.md'))}).`, [
      named(source),
      'a command of the plugin',
    ]);
  const out = best(can('contacts'), openness);
  const held =
    best(
      connectors.filter((one) => one.holdsPrivate === 'yes' && one.connector.can.reads === 'yes' && one !== out),
      weight,
    ) ??
    best(
      connectors.filter(({ holdsPrivate }) => holdsPrivate === 'yes'),
      weight,
    );
  if (out && held)
    add(
      'critical',
      40 + rank(held, weight),
      `${from} can make the agent read ${held.known?.reads ?? 'private data'} in ${named(held)} and send it out, as ${out.known?.leaves ?? 'a message'}, through ${named(out)}.`,
      [named(source), named(held), named(out)],
    );
  const lost = best(can('destroys'), weight);
  if (lost)
    add(
      'high',
      25 + rank(lost, weight),
      `${from} can make the agent delete or overwrite ${lost.known?.reads ?? 'what it holds'} in ${named(lost)}.`,
      [named(source), named(lost)],
    );
  return found;
}

function beginning(source: AbleConnector): string {
  const who = source.known?.outsiders ?? 'whoever writes what it returns';
  return `${who} (${named(source)})`;
}

function isLocal({ connector }: AbleConnector): boolean {
  return (
    connector.transport === 'stdio' &&
    (connector.tools ?? []).some(
      ({ classification: { sinks, effect } }) =>
        effect.value === 'execute' && sinks.some(({ kind }) => kind === 'command' || kind === 'code'),
    )
  );
}

function named({ connector }: AbleConnector): string {
  return connector.name;
}

function rank({ known }: AbleConnector, by: Readonly<Record<string, number>>): number {
  return known ? (by[known.id] ?? 3) : 1;
}

function best(of: readonly AbleConnector[], by: Readonly<Record<string, number>>): AbleConnector | undefined {
  return of.toSorted((a, b) => rank(b, by) - rank(a, by))[0];
}
