import type { Expression, ToolRules } from '../../kernel/rules.ts';

/**
 * The most that one call touches, as far as the policy itself proves it: a fixed number, an enforced check, a schema laid
 * over the arguments. Anything else is unbounded; what an expression usually comes to is no bound.
 */
export function reachOf(rules: ToolRules): { readonly most: number; readonly counted: boolean } {
  const sources = [rules.reach, rules.recipients].filter((rule) => rule !== undefined);
  const texts = sources.map((rule) => ('connector' in rule ? undefined : rule.source.trim()));
  const bounds = checkBounds(rules);
  // Where both are given the larger counts, so both must be bounded.
  const own = texts.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...texts.map((text, i) => mostOf(text, i, rules, bounds)));
  return { most: Math.min(own, bounds.get('reach') ?? Number.POSITIVE_INFINITY), counted: sources.length > 0 };
}

/** What bounds of a grant say about `reach`. */
export function reachIn(expression: Expression<boolean>): number {
  return boundsIn(expression.source).get('reach') ?? Number.POSITIVE_INFINITY;
}

function mostOf(text: string | undefined, at: number, rules: ToolRules, bounds: ReadonlyMap<string, number>): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const isList = at > 0 || rules.reach === undefined;
  const counted = isList ? `size(${text})` : text;
  // One address, written as a list of one.
  if (isList && /^\[\s*args(\.\w+)+\s*\]$/.test(text)) return 1;
  const field = /^size\(args\.(\w+)\)$/.exec(counted)?.[1];
  const said = bounds.get(field === undefined ? counted : `size(args.${field})`) ?? Number.POSITIVE_INFINITY;
  return Math.min(said, field === undefined ? Number.POSITIVE_INFINITY : itemsMax(rules, field));
}

function itemsMax({ overlay }: ToolRules, field: string): number {
  const properties = overlay?.schema['properties'];
  const property = isObject(properties) ? properties[field] : undefined;
  // Of a text `maxItems` says nothing, and `size` counts its characters.
  const most = isObject(property) && property['type'] === 'array' ? property['maxItems'] : undefined;
  return typeof most === 'number' ? most : Number.POSITIVE_INFINITY;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkBounds(rules: ToolRules): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const { mode, rule } of rules.checks) {
    if (mode !== 'enforce') continue;
    for (const [what, most] of boundsIn(rule.source)) all.set(what, Math.min(most, all.get(what) ?? Number.POSITIVE_INFINITY));
  }
  return all;
}

/** `reach <= 50 && size(args.to) < 10`: upper bounds that must hold together. A text with any other logic proves nothing. */
function boundsIn(source: string): ReadonlyMap<string, number> {
  const bounds = new Map<string, number>();
  for (const part of conjuncts(source)) {
    const match = /^(reach|args\.\w+|size\(\s*args\.\w+\s*\))\s*(<=|<)\s*(\d{1,15})$/.exec(part.trim());
    if (!match) continue;
    const [, what = '', compares, number] = match;
    const most = Number(number) - (compares === '<' ? 1 : 0);
    const key = what.replaceAll(/\s/g, '');
    bounds.set(key, Math.min(most, bounds.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return bounds;
}

/** The parts of a conjunction at the outermost level; none where the text has anything that could change what they mean. */
function conjuncts(source: string): readonly string[] {
  if (/"""|'''|[rRbB]["']|\\|\/\//.test(source)) return [];
  const bare = source.replaceAll(/"[^"\n]*"|'[^'\n]*'/g, 'text');
  if (/["'?]|\|\|/.test(bare)) return [];
  const parts: string[] = [''];
  let depth = 0;
  for (let i = 0; i < bare.length; i++) {
    const character = bare[i] as string;
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
    if (depth === 0 && character === '&' && bare[i + 1] === '&') {
      parts.push('');
      i++;
    } else parts[parts.length - 1] += character;
  }
  return parts;
}
