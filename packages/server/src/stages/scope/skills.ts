import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Call } from '../../kernel/call.ts';
import type { Moment, Subject } from '../../kernel/facts.ts';
import type { NamePattern, PluginRules } from '../../kernel/rules.ts';
import type { Ruling } from '../../kernel/stage.ts';

/** The tools that start a sub-agent, and those that use a skill, with the argument that names it. */
const launches: ReadonlySet<string> = new Set(['Task', 'Agent']);
const usesSkill: ReadonlySet<string> = new Set(['Skill', 'SlashCommand']);
const skillArguments = ['skill', 'command', 'name'] as const;

/** What an agent is when its launcher does not say. */
const usualAgent = 'general-purpose';

/** The sub-agent that a built-in tool would start; undefined where it starts none. */
function agentStarted({ via, name, args }: Pick<Call, 'via' | 'name' | 'args'>): string | undefined {
  if (via !== 'hook' || !launches.has(name)) return undefined;
  const type = args['subagent_type'];
  return typeof type === 'string' && type !== '' ? type : usualAgent;
}

/** The skill that a built-in tool would use; empty where it names none. */
function skillUsed({ via, name, args }: Pick<Call, 'via' | 'name' | 'args'>): string | undefined {
  if (via !== 'hook' || !usesSkill.has(name)) return undefined;
  return skillNamed(args);
}

function skillNamed(args: JsonObject): string {
  for (const key of skillArguments) {
    const value = args[key];
    if (typeof value === 'string') return value.trim().replace(/^\//, '').split(/\s/, 1)[0] ?? '';
  }
  return '';
}

type Asked = Pick<Call, 'via' | 'name' | 'args' | 'announced' | 'where'>;

/** Why the release or the profile bars a skill or an agent: the one that would be used, or the one that calls. */
export function* outsideLists(call: Asked, subject: Subject, { policy }: Moment): Iterable<Ruling> {
  const skill = skillUsed(call);
  if (skill !== undefined) yield* barred('skills', skill, subject, policy.plugins);
  const started = agentStarted(call);
  if (started !== undefined) yield* barred('agents', started, subject, policy.plugins);
  const calling = call.announced?.kind === 'joined' ? call.announced.agentType : undefined;
  if (calling !== undefined) yield* barred('agents', calling, subject, policy.plugins);
}

/**
 * A name `<plugin>:<own>` belongs to that plugin, and its list speaks about `<own>`; any other name, and one of a plugin that
 * says nothing or is not known here, to the plugin that asks. The profile narrows what its own plugin allows.
 */
function* barred(kind: 'skills' | 'agents', name: string, subject: Subject, plugins: ReadonlyMap<string, PluginRules>): Iterable<Ruling> {
  const colon = name.indexOf(':');
  const home = colon < 0 ? undefined : plugins.get(name.slice(0, colon));
  const own = home ? name.slice(colon + 1) : name;
  const plugin = home?.[kind] ? home : subject.plugin;
  const listed = plugin === home ? own : name;
  const what = kind === 'skills' ? 'skill' : 'agent';
  const among = (list: readonly NamePattern[] | undefined) => list === undefined || list.some((one) => one.matches(listed));
  if (!among(plugin[kind])) {
    const says = `The plugin ${plugin.id} does not include this ${what}`;
    yield { verdict: 'deny', code: 'not_offered', rule: `plugin/${plugin.id}/${kind}`, says, owner: plugin.owner };
  }
  const { profile } = subject;
  if (profile && profile.plugin === plugin.id && !among(profile[kind])) {
    const says = `The task profile ${profile.id} does not include this ${what}`;
    yield { verdict: 'deny', code: 'not_in_profile', rule: `profile/${profile.id}/${kind}`, says, owner: subject.plugin.owner };
  }
}
