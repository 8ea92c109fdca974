import type { Json } from '@trapkey/contract/json.ts';
import { type DetectorName, detectors } from '../../../kernel/detectors.ts';
import type { ScreenPlan } from './plan.ts';

/** What was met on the way through an answer. */
export interface Seen {
  /** Values taken out, by column. */
  readonly removed: Map<string, number>;
  /** Values hidden, by detector. */
  readonly masked: Map<DetectorName, number>;
  /** Classes of what is still there. */
  readonly classes: Set<string>;
  /** Rows of others that were taken out. */
  foreign: number;
  /** The longest list that was cut, and to what. */
  cut: { readonly of: number; readonly to: number } | undefined;
  /** Why none of it can be shown. */
  withhold: string | undefined;
}

/** How a value that may not be shown is written: in words, or as nothing of the same kind where a schema asks for that. */
export type Style = 'words' | 'alike';

/** What every step of the walk works with. */
export interface Walk {
  readonly plan: ScreenPlan;
  readonly seen: Seen;
  readonly style: Style;
  /** A value inside a text, walked like any other. */
  readonly walked: (value: Json, walk: Walk) => Json;
}

/** Nothing met yet. */
export function nothingSeen(): Seen {
  return { removed: new Map(), masked: new Map(), classes: new Set(), foreign: 0, cut: undefined, withhold: undefined };
}

/** Counts one more. */
export function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Whether a column stays; one that goes is counted, one that stays tells its classes. */
export function columnStays({ plan, seen }: Walk, key: string, name: string): boolean {
  if (plan.barred.has(key)) {
    count(seen.removed, name);
    return false;
  }
  for (const of of plan.columns.get(key) ?? []) seen.classes.add(of);
  return true;
}

/** Hides what a text holds of what is looked for. */
export function hidden(text: string, { plan, seen, style }: Walk): string {
  const hits = plan.finder?.find(text) ?? [];
  if (hits.length === 0) return text;
  let out = '';
  let at = 0;
  for (const { name, start, end } of hits) {
    const act = plan.act(name);
    if (act === undefined) {
      for (const of of detectors[name]) seen.classes.add(of);
      continue;
    }
    if (act === 'withhold') seen.withhold ??= `it holds what looks like ${name.replaceAll('_', ' ')}`;
    count(seen.masked, name);
    out += text.slice(at, start) + (style === 'words' ? `[${name.replaceAll('_', ' ')} hidden]` : blank(text.slice(start, end)));
    at = end;
  }
  return out + text.slice(at);
}

/** Nothing of it is left but its form: letters become x, digits 0. */
function blank(text: string): string {
  return text.replaceAll(/\p{L}/gu, 'x').replaceAll(/\p{N}/gu, '0');
}

/** Whether a field says that a row is ours. Nothing at all is nobody's. */
export function ours(value: Json, { plan }: Pick<Walk, 'plan'>): boolean {
  return value === null || (typeof value !== 'object' && (plan.own?.values.has(String(value)) ?? true));
}

/** Rows that were there, of which only the first are left. */
export function noteCut({ plan, seen }: Walk, rows: number): void {
  if (plan.rowsMax !== undefined && rows > Math.max(plan.rowsMax, seen.cut?.of ?? 0)) seen.cut = { of: rows, to: plan.rowsMax };
}

/** What was met in two renderings of the same: the larger count of each. */
export function together(a: Seen, b: Seen): Seen {
  const larger = <K>(one: Map<K, number>, other: Map<K, number>) =>
    new Map([...one, ...other].map(([key]) => [key, Math.max(one.get(key) ?? 0, other.get(key) ?? 0)] as const));
  return {
    removed: larger(a.removed, b.removed),
    masked: larger(a.masked, b.masked),
    classes: new Set([...a.classes, ...b.classes]),
    foreign: Math.max(a.foreign, b.foreign),
    cut: (a.cut?.of ?? 0) >= (b.cut?.of ?? 0) ? a.cut : b.cut,
    withhold: a.withhold ?? b.withhold,
  };
}
