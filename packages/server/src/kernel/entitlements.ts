import type { Json } from '@trapkey/contract/json.ts';
import { PolicyError } from './errors.ts';
import type { Moment, Subject } from './facts.ts';
import type { RowFilter } from './row-rules.ts';
import type { Expression, ExpressionScope, RowRule } from './rules.ts';
import type { Ruling } from './stage.ts';

export type Entitled = { readonly ok: true; readonly rows: RowFilter | undefined } | { readonly ok: false; readonly ruling: Ruling };

/** What a person may do with a connector in the system behind it; `tool` undefined for what is no tool. */
export function entitledTo(subject: Subject, tool: string | undefined, moment: Moment): Entitled {
  const { connector, person, groups } = subject;
  const lines = moment.policy.entitlements?.get(connector.id);
  if (!lines) return { ok: true, rows: undefined };
  const theirs = lines.filter((line) => line.people.has(person.toLowerCase()) || groups.some((group) => line.groups.has(group)));
  const fitting = theirs.filter((line) => line.tools === undefined || (tool !== undefined && line.tools.has(tool)));
  if (fitting.length === 0) {
    const says =
      theirs.length === 0
        ? `No entitlement lets this person use ${connector.id}; what they may not reach themselves, no plugin reaches for them`
        : `The entitlements of this person for ${connector.id} do not include this`;
    return {
      ok: false,
      ruling: {
        verdict: 'deny',
        code: 'not_entitled',
        rule: theirs[0]?.rule ?? `entitlement/${connector.id}`,
        says,
        owner: connector.owner,
      },
    };
  }
  // Rights add up: a line without a rule gives all rows.
  const rules = fitting.map(({ rows }) => rows);
  return { ok: true, rows: rules.every((rule) => rule !== undefined) ? filterOf(rules, subject, moment) : undefined };
}

function filterOf(rules: readonly RowRule[], subject: Subject, moment: Moment): RowFilter {
  const { person: id, groups, region, plugin, profile, run, connector } = subject;
  const person = { id, groups, region };
  const scope: ExpressionScope = {
    args: {},
    person,
    plugin: plugin.id,
    release: `${plugin.id}@${plugin.version}`,
    profile: profile?.id ?? '',
    run: { id: run.id, started: run.startedAtMs },
    agent: { id: '', depth: 0 },
    tool: '',
    connector: connector.id,
    now: moment.atMs,
  };
  const conditions = rules.map(({ condition }) => condition?.(person));
  const [only] = conditions;
  return {
    rules: rules.map(({ keeps }) => keeps.id),
    keeps: (row) => rules.some(({ keeps }) => holds(keeps, { ...scope, row })),
    pushed: conditions.every((one) => one !== undefined) ? (conditions.length === 1 && only ? only : { any: conditions }) : 'in words only',
  };
}

function holds(keeps: Expression<boolean>, scope: ExpressionScope & { readonly row: Readonly<Record<string, Json>> }): boolean {
  try {
    return keeps.evaluate(scope);
  } catch (error) {
    if (error instanceof PolicyError) return false;
    throw error;
  }
}
