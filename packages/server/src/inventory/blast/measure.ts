import { type BlastUnit, blastUnits } from '../../kernel/blast.ts';
import type { ActionFacts, Cap, PluginFacts, Task, Way } from './facts.ts';
import { capDay, capRun, covers } from './limits.ts';

/** An amount and what bounds it, in words. `Infinity`: nothing does. */
export interface Bounded {
  readonly most: number;
  readonly by: string | undefined;
  readonly cap?: Cap | undefined;
}

/** What one tool alters unattended. */
export interface Measured {
  readonly call: number;
  readonly run: Bounded;
  readonly day: number;
}

export interface Sums {
  readonly call: number;
  readonly run: Bounded;
  readonly day: number;
}

const nothing: Measured = { call: 0, run: { most: 0, by: undefined }, day: 0 };

/** A plugin measured: each of its tools, and all together. Every step is an upper bound that only shrinks with what it is made of. */
export interface MeasuredPlugin {
  readonly actions: ReadonlyMap<ActionFacts, Measured>;
  readonly units: Readonly<Record<BlastUnit, Sums>>;
}

/** The blast radius of a plugin in numbers. */
export function measure(plugin: PluginFacts): MeasuredPlugin {
  const perTask = plugin.tasks.map((task) => new Map(plugin.actions.map((action) => [action, measured(action, plugin, task)])));
  const actions = new Map(
    plugin.actions.map((action) => [action, perTask.map((all) => all.get(action) ?? nothing).reduce(larger, nothing)]),
  );
  const units = Object.fromEntries(
    blastUnits.map((unit) => {
      const of = plugin.actions.filter((action) => action.unit === unit);
      const runs = plugin.tasks.map((task, i) => runOf(of, perTask[i] as ReadonlyMap<ActionFacts, Measured>, plugin, task));
      const call = Math.max(0, ...of.map((action) => actions.get(action)?.call ?? 0));
      return [unit, { call, run: runs.reduce(more, nothing.run), day: dayOf(of, actions, plugin) }];
    }),
  ) as Readonly<Record<BlastUnit, Sums>>;
  return { actions, units };
}

function measured(action: ActionFacts, plugin: PluginFacts, task: Task): Measured {
  if (action.ways.length === 0 || !task.includes(action.connector, action.tool)) return nothing;
  const connector = plugin.connectorCaps.get(action.connector) ?? [];
  const caps = [...action.caps, ...connector, ...plugin.caps, ...task.caps].filter((cap) => covers(cap, action));
  const exact = caps.filter(({ counts }) => counts === action.unit);
  // What nobody can count is refused where a limit would have to count it.
  if (!action.counted && exact.length > 0) return nothing;
  const call = Math.min(Math.max(...action.ways.map((way) => way.call)), ...exact.map(({ max }) => max));
  const run = throughWays(action, 'run');
  const day = throughWays(action, 'day').most;
  return {
    call,
    run: least([run, ...caps.map((cap) => capped(cap, capRun(cap, [{ call, most: run.most }])))]),
    day: Math.min(day, ...caps.map((cap) => capDay(cap, [{ call, most: day }]))),
  };
}

function capped(cap: Cap, most: number): Bounded {
  return { most, by: `${cap.rule}: ${cap.text}`, cap };
}

/** All ways together: what is above the first step of its approvals is held, but not where rules only observe. */
function throughWays({ ways, above }: ActionFacts, span: 'run' | 'day'): Bounded {
  const sum = (of: readonly Way[]) => of.reduce((total, way) => total + way[span], 0);
  const observed = ways.filter(({ kind }) => kind === 'observed' || kind === 'nothing');
  const standing = sum(ways.filter((way) => !observed.includes(way)));
  const held = span === 'run' ? above : Number.POSITIVE_INFINITY;
  const by = standing > held ? `a person is asked above ${held}` : ways.map(({ says, bound }) => bound ?? says).join('; ');
  const most = sum(observed) + Math.min(standing, held);
  return { most, by: Number.isFinite(most) ? by : undefined };
}

function runOf(actions: readonly ActionFacts[], by: ReadonlyMap<ActionFacts, Measured>, plugin: PluginFacts, task: Task): Bounded {
  const of = (action: ActionFacts) => by.get(action) ?? nothing;
  const active = actions.filter((action) => of(action).run.most > 0);
  const connectors = [...Map.groupBy(active, ({ connector }) => connector)].map(([connector, its]) =>
    within(its, of, plugin.connectorCaps.get(connector) ?? [], plus(its.map((action) => of(action).run))),
  );
  return within(active, of, [...plugin.caps, ...task.caps], plus(connectors));
}

/** A sum, held to the limits that count all of it. */
function within(actions: readonly ActionFacts[], of: (action: ActionFacts) => Measured, caps: readonly Cap[], sum: Bounded): Bounded {
  const common = caps.filter((cap) => actions.every((action) => covers(cap, action)));
  const shares = actions.map((action) => ({ call: of(action).call, most: of(action).run.most }));
  return least([sum, ...common.map((cap) => capped(cap, capRun(cap, shares)))]);
}

function dayOf(actions: readonly ActionFacts[], by: ReadonlyMap<ActionFacts, Measured>, plugin: PluginFacts): number {
  const of = (action: ActionFacts) => by.get(action) ?? nothing;
  const active = actions.filter((action) => of(action).day > 0);
  const held = (its: readonly ActionFacts[], caps: readonly Cap[], sum: number) => {
    const shares = its.map((action) => ({ call: of(action).call, most: of(action).day }));
    return Math.min(sum, ...caps.filter((cap) => its.every((action) => covers(cap, action))).map((cap) => capDay(cap, shares)));
  };
  const total = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0);
  const connectors = [...Map.groupBy(active, ({ connector }) => connector)].map(([connector, its]) =>
    held(its, plugin.connectorCaps.get(connector) ?? [], total(its.map((action) => of(action).day))),
  );
  return held(active, plugin.caps, total(connectors));
}

function plus(all: readonly Bounded[]): Bounded {
  const some = all.filter(({ most }) => most > 0);
  if (some.length === 1) return some[0] as Bounded;
  const most = some.reduce((sum, one) => sum + one.most, 0);
  const by = [...new Set(some.map((one) => one.by))].join(' and ');
  return { most, by: Number.isFinite(most) ? by : undefined };
}

function least(all: readonly Bounded[]): Bounded {
  return all.reduce((least, one) => (one.most < least.most || (one.most === least.most && one.cap && !least.cap) ? one : least));
}

function more(one: Bounded, other: Bounded): Bounded {
  return other.most > one.most ? other : one;
}

function larger(one: Measured, other: Measured): Measured {
  return { call: Math.max(one.call, other.call), run: more(one.run, other.run), day: Math.max(one.day, other.day) };
}
