import { type BlastLever, type BlastUnit, blastUnits } from '../../kernel/blast.ts';
import type { ActionFacts, PluginFacts } from './facts.ts';
import { type MeasuredPlugin, measure } from './measure.ts';
import { mostOf, mostText } from './words.ts';

const leversMax = 5;
/** Tools that are tried; the others alter less. */
const triedMax = 20;
const steps = [50, 10, 1] as const;

interface Tried {
  readonly change: string;
  readonly plugin: PluginFacts;
}

/** What would make it smaller, the most effective first: each change is made to a copy, and measured. */
export function leversOf(plugin: PluginFacts, now: MeasuredPlugin, max: number | undefined): readonly BlastLever[] {
  const found = blastUnits.flatMap((unit) => {
    const before = now.units[unit].run.most;
    if (before === 0) return [];
    return triesOf(plugin, now, unit, max).flatMap(({ change, plugin: changed }) => {
      const after = measure(changed).units[unit].run.most;
      if (after >= before) return [];
      const says = `${change} → ${unit}: ${mostText(mostOf(before))} becomes ${mostText(mostOf(after))}`;
      return [{ change, unit, before: mostOf(before), after: mostOf(after), says }];
    });
  });
  return found.toSorted((a, b) => (a.after ?? Number.MAX_VALUE) - (b.after ?? Number.MAX_VALUE)).slice(0, leversMax);
}

function triesOf(plugin: PluginFacts, now: MeasuredPlugin, unit: BlastUnit, max: number | undefined): readonly Tried[] {
  const runOf = (action: ActionFacts) => now.actions.get(action)?.run.most ?? 0;
  const largest = plugin.actions
    .filter((action) => action.unit === unit && runOf(action) > 0)
    .toSorted((a, b) => runOf(b) - runOf(a))
    .slice(0, triedMax);
  const with_ = (action: ActionFacts, changed: ActionFacts) => ({
    ...plugin,
    actions: plugin.actions.map((one) => (one === action ? changed : one)),
  });
  const all = now.units[unit].run.most;
  const budget = max !== undefined && max > 0 ? max : unit === 'people' ? 200 : 500;
  const caps = [...plugin.caps, { rule: '', text: '', counts: unit, max: budget, windowMs: undefined, each: 'run' as const }];
  return [
    ...largest.flatMap((action) => {
      const name = `${action.connector}.${action.tool}`;
      const asked = [
        { change: [...new Set(action.ways.map(({ undo }) => undo))].join(' and '), plugin: with_(action, { ...action, ways: [] }) },
      ];
      const step = [...(max !== undefined && max > 0 ? [max] : []), ...steps].find((one) => one < runOf(action));
      const holdable = action.ways.every(({ kind }) => kind !== 'observed' && kind !== 'nothing');
      if (step === undefined || !holdable) return asked;
      return [...asked, { change: `hold ${name} over ${step}`, plugin: with_(action, { ...action, above: Math.min(step, action.above) }) }];
    }),
    ...(largest.length > 1
      ? [
          {
            change: 'ask a person for each of these',
            plugin: { ...plugin, actions: plugin.actions.map((one) => (largest.includes(one) ? { ...one, ways: [] } : one)) },
          },
        ]
      : []),
    ...(all > budget ? [{ change: `limits: { ${unit}: ${budget} per run } on plugin ${plugin.plugin}`, plugin: { ...plugin, caps } }] : []),
  ];
}
