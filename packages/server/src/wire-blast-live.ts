import type { JsonObject } from '@trapkey/contract/json.ts';
import type { LiveCount } from './kernel/blast.ts';
import type { LiveAsk } from './kernel/blast-live.ts';
import type { Call } from './kernel/call.ts';
import type { Clock } from './kernel/clock.ts';
import { UserError } from './kernel/errors.ts';
import type { Handle } from './kernel/handle.ts';
import { newCallId } from './kernel/ids.ts';
import { resultOf } from './kernel/result-of.ts';
import type { ConnectorRules, ExpressionScope, PluginRules, PolicySet, ProbeRule, ToolRules } from './kernel/rules.ts';
import { version } from './version.ts';

const probesMax = 20;
const answersWithinMs = 30_000;

interface Parts {
  readonly handle: Handle;
  readonly policy: PolicySet;
  readonly clock: Clock;
}

/** One tool that alters, and the probe that counts for it. */
interface Counted {
  readonly connector: ConnectorRules;
  readonly rules: ToolRules;
  readonly probe: ProbeRule;
}

/**
 * Asks the systems how far calls would reach: each probe is a read of its own by the person who asks, through the same door
 * as every call, so that it is decided, recorded and refused like one.
 */
export async function liveCounts(parts: Parts, ask: LiveAsk): Promise<readonly LiveCount[]> {
  const plugin = parts.policy.plugins.get(ask.plugin);
  if (!plugin) return [];
  const probed = probesOf(plugin, parts.policy).filter(
    ({ connector, rules }) => ask.tool === undefined || `${connector.id}.${rules.name}` === ask.tool,
  );
  if (probed.length === 0)
    throw new UserError(
      ask.tool === undefined
        ? `No tool of ${ask.plugin} is counted by a probe, so there is nothing to ask.`
        : `${ask.tool} of ${ask.plugin} is counted by no probe.`,
      'Only `reach` and `recipients` with a `probe` are asked of the system; the others follow from arguments.',
    );
  const counts: LiveCount[] = [];
  for (const one of probed.slice(0, probesMax)) counts.push(await countOf(parts, plugin, one, ask));
  return counts;
}

function probesOf(plugin: PluginRules, policy: PolicySet): readonly Counted[] {
  return plugin.connectors.flatMap((id) => {
    const connector = policy.connectors.get(id);
    if (!connector) return [];
    return [...connector.tools.values()].flatMap((rules) => {
      const probe = [rules.recipients, rules.reach].find((rule) => rule !== undefined && 'connector' in rule);
      return probe && 'connector' in probe && rules.effect !== 'read' && rules.effect !== 'draft' ? [{ connector, rules, probe }] : [];
    });
  });
}

async function countOf(parts: Parts, plugin: PluginRules, { connector, rules, probe }: Counted, ask: LiveAsk): Promise<LiveCount> {
  const which = { connector: connector.id, tool: rules.name };
  const unknown = (says: string, call?: string): LiveCount => ({ ...which, reach: undefined, call, says });
  const wants = [...Object.values(probe.args), probe.value].some(({ mentions }) => mentions.has('args'));
  if (wants && ask.args === undefined) return unknown('it counts for certain arguments; name them with --tool and --arguments');
  const scope = scopeOf(parts, plugin, { connector, rules }, ask);
  try {
    const args = Object.fromEntries(Object.entries(probe.args).map(([name, one]) => [name, one.evaluate(scope) as JsonObject[string]]));
    const call = readCall(parts, plugin, probe, args, ask);
    const handled = await parts.handle(call, { signal: AbortSignal.timeout(answersWithinMs) });
    if (handled.kind === 'refused' || handled.kind === 'held' || handled.kind === 'staged')
      return unknown(`it was not counted: ${handled.ruling.says}`, call.id);
    if (handled.kind !== 'result' || handled.result['isError'] === true)
      return unknown('it was not counted: the system answered with an error', call.id);
    const value = probe.value.evaluate({ ...scope, result: resultOf(handled.result, probe.value.id) });
    const reach = Array.isArray(value) ? value.length : Number(value);
    if (!Number.isSafeInteger(reach) || reach < 0) return unknown('what the system answered is no count', call.id);
    return { ...which, reach, call: call.id, says: undefined };
  } catch (error) {
    return unknown(`it was not counted: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function scopeOf(
  { policy, clock }: Parts,
  plugin: PluginRules,
  { connector, rules }: Omit<Counted, 'probe'>,
  ask: LiveAsk,
): ExpressionScope {
  const person = policy.directory.get(ask.by.person.toLowerCase());
  return {
    args: ask.args ?? {},
    person: { id: person?.id ?? ask.by.person.toLowerCase(), groups: groupsOf(policy, ask), region: person?.region ?? '' },
    plugin: plugin.id,
    release: `${plugin.id}@${plugin.version}`,
    profile: '',
    run: { id: '', started: clock() },
    agent: { id: '', depth: 0 },
    tool: rules.name,
    connector: connector.id,
    now: clock(),
  };
}

function groupsOf({ directory }: PolicySet, { by }: LiveAsk): readonly string[] {
  return by.groups ?? directory.get(by.person.toLowerCase())?.groups ?? [];
}

function readCall({ policy, clock }: Parts, plugin: PluginRules, probe: ProbeRule, args: JsonObject, ask: LiveAsk): Call {
  const atMs = clock();
  const endpoint = { plugin: plugin.id, version: plugin.version, connector: probe.connector };
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint,
    method: 'tools/call',
    name: probe.tool,
    args,
    extra: {},
    credential: {
      kind: 'internal',
      id: 'trapkey blast',
      person: ask.by.person,
      groups: groupsOf(policy, ask),
      client: 'trapkey blast',
      audience: `/p/${endpoint.plugin}/${endpoint.version}/${endpoint.connector}`,
      profile: undefined,
      assurance: { person: 'proved', plugin: 'proved' },
    },
    session: undefined,
    client: { name: 'trapkey blast', version },
    claims: {},
    clientCapabilities: {},
    via: 'probe',
    ticket: undefined,
  };
}
