import { type BlastChange, type BlastPlugin, type BlastReport, type BlastUnit, blastUnits, type SignOffNeed } from '../../kernel/blast.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { PluginFacts } from './facts.ts';
import { factsOf, type Standing } from './from-policy.ts';
import { leversOf } from './levers.ts';
import { type MeasuredPlugin, measure } from './measure.ts';
import { compoundPaths, type Describe } from './paths.ts';
import { mostOf, mostText, pluginSays, unitText } from './words.ts';

export type { Standing } from './from-policy.ts';

const spans = ['action', 'run', 'day'] as const;
type Span = (typeof spans)[number];
const spanWords: Readonly<Record<Span, string>> = { action: 'one action', run: 'one run', day: 'everybody in one day' };

/** The blast radius of every plugin, or of one, under a policy. Pure: what is asked of a system comes with `live`. */
export function blastReport(standing: Standing, only?: string, describe: Describe = () => undefined): BlastReport {
  const { set } = standing;
  const { digest, organization } = set;
  const max = organization.blastRadius?.max;
  const plugins = factsOf(standing).filter(({ plugin }) => only === undefined || plugin === only);
  return {
    format: 'trapkey-blast/1',
    policy: digest,
    max,
    plugins: plugins.map((facts): BlastPlugin => {
      const measured = measure(facts);
      const rules = set.plugins.get(facts.plugin);
      return {
        ...blastOf(facts, measured, max),
        levers: leversOf(facts, measured, max),
        paths: rules ? compoundPaths(rules, set, facts.actions, describe) : [],
      };
    }),
  };
}

/** A measured plugin as people see it. */
function blastOf(facts: PluginFacts, measured: MeasuredPlugin, max: number | undefined): BlastPlugin {
  const amounts = (span: Span) => ({
    people: mostOf(amountOf(measured, span, 'people')),
    records: mostOf(amountOf(measured, span, 'records')),
  });
  return {
    plugin: facts.plugin,
    release: facts.release,
    says: pluginSays(facts, measured),
    action: amounts('action'),
    run: amounts('run'),
    day: amounts('day'),
    actions: facts.actions.map((action) => {
      const own = measured.actions.get(action);
      const { connector, tool, effect, unit, ways, counted } = action;
      const run = own?.run.most ?? 0;
      const held =
        action.held ??
        (run > 0
          ? undefined
          : counted
            ? 'no task profile or limit leaves any of it'
            : 'a limit must count it and nobody can say how far it goes, so it is refused');
      return {
        ...{ connector, tool, effect, unit },
        unattended: run > 0 ? ways.map(({ says }) => says) : [],
        held,
        call: mostOf(own?.call ?? 0),
        run: mostOf(run),
        bound: run > 0 ? own?.run.by : undefined,
      };
    }),
    levers: [],
    paths: [],
    over: max !== undefined && (['action', 'run'] as const).some((span) => blastUnits.some((unit) => amountOf(measured, span, unit) > max)),
  };
}

/** How the numbers move from one policy to another; what stays is left out. `before` undefined: nothing ran. */
export function blastChanges(before: Standing | undefined, after: Standing): readonly BlastChange[] {
  const old = measuredBy(before);
  const fresh = measuredBy(after);
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((plugin) =>
    spans.flatMap((what) =>
      blastUnits.flatMap((unit): readonly BlastChange[] => {
        const was = amountOf(old.get(plugin), what, unit);
        const is = amountOf(fresh.get(plugin), what, unit);
        if (was === is) return [];
        const says = `${plugin}: ${spanWords[what]} unattended, ${unit}: ${mostText(mostOf(was))} → ${mostText(mostOf(is))}`;
        return [{ plugin, what, unit, before: mostOf(was), after: mostOf(is), grows: is > was, says }];
      }),
    ),
  );
}

/**
 * Whether a change of policy, or a release that comes with one, must be signed by others: something grows past the max of
 * the set that runs, or the rule about it is loosened. A set that has no rule is asked by the one that follows it.
 */
export function signOffNeeded(before: Standing | undefined, after: Standing): SignOffNeed | undefined {
  const running = before?.set.organization.blastRadius;
  const rule = running ?? after.set.organization.blastRadius;
  if (!rule) return undefined;
  const why = blastChanges(before, after)
    .filter(({ what, grows, after: is }) => what !== 'day' && grows && (is === null || is > rule.max))
    .map(({ says, unit }) => `${says}, over ${unitText(rule.max, unit)}`);
  const loosened = running ? ruleLoosened(running, after.set) : [];
  return why.length + loosened.length === 0 ? undefined : { rule, why: [...why, ...loosened] };
}

/** A release as the policy would run it: its version, and the connectors that it brings where they are others. */
export interface ReleaseAsked {
  readonly plugin: string;
  readonly version: string;
  readonly connectors?: readonly string[];
}

/**
 * Whether a release must be signed by others before people get it: under the policy that runs, one unattended action or
 * run of it comes to more than the max, whether or not the release before it did. A plugin that policy does not name can
 * run nothing.
 */
export function releaseSignOff(standing: Standing, { plugin, version, connectors }: ReleaseAsked): SignOffNeed | undefined {
  const { set } = standing;
  const rule = set.organization.blastRadius;
  const known = set.plugins.get(plugin);
  if (!rule || !known) return undefined;
  const asked = { ...known, version, ...(connectors && { connectors }) };
  const plugins = new Map([...set.plugins, [plugin, asked]]);
  const found = blastReport({ ...standing, set: { ...set, plugins } }, plugin).plugins[0];
  return found?.over ? { rule, why: [`${found.says} The max is ${mostText(rule.max)}.`] } : undefined;
}

function ruleLoosened(running: NonNullable<SignOffNeed['rule']>, { organization }: PolicySet): readonly string[] {
  const next = organization.blastRadius;
  if (!next) return ['blast_radius is left out'];
  return [
    ...(next.max > running.max ? [`blast_radius.max rises from ${mostText(running.max)} to ${mostText(next.max)}`] : []),
    ...(next.needs < running.needs ? [`blast_radius needs ${next.needs} to sign instead of ${running.needs}`] : []),
    ...(next.approvers.some((one) => !running.approvers.includes(one)) ? ['others may sign for blast_radius'] : []),
  ];
}

function measuredBy(standing: Standing | undefined): ReadonlyMap<string, MeasuredPlugin> {
  return new Map(standing ? factsOf(standing).map((facts) => [facts.plugin, measure(facts)]) : []);
}

function amountOf(measured: MeasuredPlugin | undefined, span: Span, unit: BlastUnit): number {
  const sums = measured?.units[unit];
  if (!sums) return 0;
  return span === 'run' ? sums.run.most : span === 'action' ? sums.call : sums.day;
}
