import type { ExpressionScope, ToolRules } from '../../../../kernel/rules.ts';

const charactersMax = 200;

/** Whom a change reaches, where its arguments tell; what takes a read to know is not asked again for each change. */
export function recipientsOf(rules: ToolRules | undefined, scope: ExpressionScope): readonly string[] {
  const { recipients } = rules ?? {};
  if (!recipients || !('evaluate' in recipients)) return [];
  return quietly(() => recipients.evaluate(scope)) ?? [];
}

/** Where a change goes: the domains of those it reaches, else what policy names as its destination, else inside or outside. */
export function destinationsOf(
  rules: ToolRules | undefined,
  scope: ExpressionScope,
  recipients: readonly string[],
  side: string,
): readonly string[] {
  const domains = recipients.flatMap((one) => (one.includes('@') ? [one.slice(one.lastIndexOf('@') + 1).toLowerCase()] : []));
  if (domains.length > 0) return [...new Set(domains)].map(short);
  const named = quietly(() => rules?.destination?.evaluate(scope));
  return [named === undefined ? side : short(named)];
}

/** What a change pays, in the units that policy counts it in; null where nothing tells. */
export function amountOf(rules: ToolRules | undefined, scope: ExpressionScope): number | null {
  return quietly(() => rules?.amount?.value.evaluate(scope)) ?? null;
}

/** What cannot be told of one change is left out; the change itself was decided long before. */
function quietly<T>(evaluate: () => T): T | undefined {
  try {
    return evaluate();
  } catch {
    return undefined;
  }
}

function short(text: string): string {
  return text.slice(0, charactersMax);
}
