import type { AutonomyLevel } from '../../kernel/autonomy-level.ts';
import type { PluginRules, ProfileRules } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { canBeUndone } from './changes.ts';
import { type CompileContext, expressionAt, mustExist, ofKind, wrong } from './context.ts';
import { compileBinds } from './data.ts';
import { durationMs, namePattern } from './values.ts';

type PluginDocument = Extract<Valid, { kind: 'plugin' }>;
type ProfileDocument = Extract<Valid, { kind: 'profile' }>;

const neverUnattended = ['delete', 'send', 'pay', 'execute'];

/** A plugin as governed: its current release, its connectors, its autonomy levels. */
export function compilePlugin(
  context: CompileContext,
  document: PluginDocument,
  organization: { readonly mode: PluginRules['mode'] },
): PluginRules {
  const { body } = document;
  const connectors = ofKind(context, 'connector');
  for (const [i, name] of body.connectors.entries()) {
    mustExist(
      context,
      document,
      ['connectors', i],
      'connector',
      name,
      connectors.map(({ id }) => id),
    );
    if (body.connectors.indexOf(name) !== i) wrong(context, document, ['connectors', i], `\`${name}\` is listed twice`);
  }
  for (const [key, level] of Object.entries(body.autonomy)) checkAutonomy(context, document, key, level);
  return {
    id: body.plugin,
    owner: body.owner,
    version: body.release.version,
    for: body.for,
    connectors: body.connectors,
    autonomy: new Map(Object.entries(body.autonomy)),
    mode: body.mode ?? organization.mode,
    region: body.region,
    mayNotSee: body.may_not_see,
    mayNotLeave: body.may_not_leave,
    ...patterns(body),
  };
}

/** `connector.tool`, split at the first dot: ids have none, names of tools may. */
export function splitTool(key: string): { readonly connector: string; readonly tool: string } {
  const dot = key.indexOf('.');
  return { connector: key.slice(0, dot), tool: key.slice(dot + 1) };
}

/** The document of a tool named as `connector.tool`, or a mistake with the nearest name. */
export function toolNamed(context: CompileContext, document: Valid, path: readonly PropertyKey[], key: string, among?: readonly string[]) {
  const { connector, tool } = splitTool(key);
  const known = ofKind(context, 'connector').filter(({ id }) => among?.includes(id) ?? true);
  const found = known.find(({ id }) => id === connector);
  if (
    !mustExist(
      context,
      document,
      path,
      among ? 'connector of this plugin' : 'connector',
      connector,
      known.map(({ id }) => id),
    ) ||
    !found
  )
    return undefined;
  const tools = found.body.tools;
  if (!mustExist(context, document, path, `tool in \`${connector}\``, tool, Object.keys(tools))) return undefined;
  return tools[tool];
}

function checkAutonomy(context: CompileContext, document: PluginDocument, key: string, level: AutonomyLevel): void {
  const path = ['autonomy', key];
  const tool = toolNamed(context, document, path, key, document.body.connectors);
  if (!tool || (level !== 'unattended' && level !== 'sample')) return;
  const cannot = `\`${key}\` cannot ${level === 'sample' ? 'be sampled' : 'run unattended'}`;
  if (neverUnattended.includes(tool.effect))
    wrong(context, document, path, `${cannot}: its effect is \`${tool.effect}\`, and a person decides those`);
  else if (tool.effect === 'write' && !canBeUndone(tool)) {
    wrong(
      context,
      document,
      path,
      `${cannot}: it is not reversible; give it \`before\` and \`undo\`, or say \`reversible: true\` if its writes can be undone`,
    );
  }
}

/** Profiles by plugin, the narrowest first: the one that a run gets when it names none. */
export function compileProfiles(context: CompileContext): ReadonlyMap<string, readonly ProfileRules[]> {
  const plugins = ofKind(context, 'plugin');
  const byPlugin = new Map<string, ProfileRules[]>();
  for (const document of ofKind(context, 'profile')) {
    const plugin = plugins.find(({ id }) => id === document.body.plugin);
    if (
      !mustExist(
        context,
        document,
        ['plugin'],
        'plugin',
        document.body.plugin,
        plugins.map(({ id }) => id),
      ) ||
      !plugin
    )
      continue;
    const list = byPlugin.get(plugin.id) ?? [];
    list.push(compileProfile(context, document, plugin.body.connectors));
    byPlugin.set(plugin.id, list);
  }
  const width = (profile: ProfileRules): number =>
    profile.allow.reduce((sum, line) => sum + (line.tools.has('*') ? 10_000 : line.tools.size), 0);
  for (const list of byPlugin.values()) list.sort((a, b) => width(a) - width(b) || (a.id < b.id ? -1 : 1));
  return byPlugin;
}

function compileProfile(context: CompileContext, document: ProfileDocument, connectors: readonly string[]): ProfileRules {
  const { body } = document;
  const allow = body.allow.map((line, i) => {
    const rule = `profile/${body.profile}/${i + 1}`;
    const known = ofKind(context, 'connector').find(({ id }) => id === line.connector);
    mustExist(context, document, ['allow', i, 'connector'], `connector of plugin \`${body.plugin}\``, line.connector, connectors);
    // With `*` among its tools a connector offers names that no document lists.
    const open = known && Object.hasOwn(known.body.tools, '*');
    for (const [t, tool] of line.tools.entries()) {
      if (known && !open && tool !== '*')
        mustExist(context, document, ['allow', i, 'tools', t], `tool in \`${line.connector}\``, tool, Object.keys(known.body.tools));
    }
    const when =
      line.when === undefined
        ? undefined
        : expressionAt(context, { document, path: ['allow', i, 'when'], id: rule, when: 'call' }, line.when, 'boolean');
    return { connector: line.connector, tools: new Set(line.tools), when, rule };
  });
  return {
    id: body.profile,
    plugin: body.plugin,
    for: body.for,
    allow,
    lastsMs: body.lasts === undefined ? undefined : durationMs(body.lasts),
    ...(body.binds && { binds: compileBinds(context, document) }),
    ...patterns(body),
  };
}

function patterns({ skills, agents }: Pick<PluginDocument['body'], 'skills' | 'agents'>): Pick<PluginRules, 'skills' | 'agents'> {
  return { ...(skills && { skills: skills.map(namePattern) }), ...(agents && { agents: agents.map(namePattern) }) };
}
