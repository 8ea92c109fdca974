import { bindingsOf } from '../../kernel/bindings.ts';
import type { Call } from '../../kernel/call.ts';
import { boundKey, type DataRules, foundClasses } from '../../kernel/data.ts';
import { expressionScope } from '../../kernel/expression-scope.ts';
import type { Moment, Subject } from '../../kernel/facts.ts';
import type { ToolRules } from '../../kernel/rules.ts';
import type { Ruling } from '../../kernel/stage.ts';

/** Whether data of this connector may come back here: its region, its classes, and the account that the run is bound to. */
export function* barredData(call: Call, subject: Subject, rules: ToolRules, moment: Moment): Iterable<Ruling> {
  const region = outsideRegion(subject);
  if (region) yield region;
  const barred = certainlyBarred(subject, rules);
  if (barred) yield barred;
  const elsewhere = boundElsewhere(call, subject, moment);
  if (elsewhere) yield elsewhere;
}

/** Data of a region reaches a person and a plugin of that region, or of one that the connector lists. */
export function outsideRegion({ connector, plugin, region: person }: Subject): Ruling | undefined {
  const { region, regions = [] } = connector.data ?? {};
  if (region === undefined) return undefined;
  const reaches = (other: string) => other === region || regions.includes(other);
  const who = reaches(person) ? (plugin.region === undefined || reaches(plugin.region) ? undefined : 'this plugin') : 'this person';
  if (who === undefined) return undefined;
  const says = `Data of ${connector.id} lies in ${region}, and may not reach the region of ${who}`;
  return { verdict: 'deny', code: 'region_barred', rule: `connector/${connector.id}/region`, says, owner: connector.owner };
}

/**
 * A class that the plugin may not see, where each answer holds it: the tool says so, or the connector does and neither a
 * column nor the look of a value tells which part of an answer it is. The rest is screened out of the answer.
 */
export function certainlyBarred({ connector, plugin }: Subject, rules: ToolRules): Ruling | undefined {
  const { mayNotSee = [] } = plugin;
  if (mayNotSee.length === 0) return undefined;
  const certain = rules.data ?? (connector.data?.classes ?? []).filter((name) => !toldApart(name, connector.data));
  const found = certain.find((name) => mayNotSee.includes(name));
  if (found === undefined) return undefined;
  const says = `What this returns is ${found}, which the agents of ${plugin.id} may not see`;
  return { verdict: 'deny', code: 'class_barred', rule: `plugin/${plugin.id}/may_not_see`, says, owner: plugin.owner };
}

function toldApart(name: string, data: DataRules | undefined): boolean {
  return (
    (foundClasses as readonly string[]).includes(name) || [...(data?.columns.values() ?? [])].some((classes) => classes.includes(name))
  );
}

/** The run touched something else first. The values stay unsaid: they may be of other people. */
function boundElsewhere(call: Call, subject: Subject, moment: Moment): Ruling | undefined {
  const { profile, run, plugin } = subject;
  if (!profile?.binds) return undefined;
  for (const { name, digests } of bindingsOf(profile.binds, call.args, run.id, expressionScope({ call, subject }, moment))) {
    const first = call.remembered?.bound.get(boundKey(run.id, name)) ?? digests[0];
    if (digests.every((digest) => digest === first)) continue;
    const says = `This run works on one ${name}, and this call names another; a new task needs a run of its own`;
    return { verdict: 'deny', code: 'bound_elsewhere', rule: `profile/${profile.id}/binds/${name}`, says, owner: plugin.owner };
  }
  return undefined;
}
