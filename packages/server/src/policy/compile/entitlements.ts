import type { EntitlementIndex, EntitlementLine, RowRule } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { isSql } from './connection.ts';
import { type CompileContext, expressionAt, mustExist, ofKind, wrong } from './context.ts';
import { rowCondition } from './row-condition.ts';

type EntitlementDocument = Extract<Valid, { kind: 'entitlement' }>;

/** What entitlements say, by the connector that they speak of. */
export function compileEntitlements(context: CompileContext): EntitlementIndex {
  const index = new Map<string, EntitlementLine[]>();
  const connectors = ofKind(context, 'connector');
  const ids = connectors.map(({ id }) => id);
  for (const document of ofKind(context, 'entitlement')) {
    const { body } = document;
    const groups = new Set(body.groups);
    const people = new Set(body.people.map((name) => name.toLowerCase()));
    for (const [i, line] of body.allow.entries()) {
      if (!mustExist(context, document, ['allow', i, 'connector'], 'connector', line.connector, ids)) continue;
      const known = connectors.find(({ id }) => id === line.connector)?.body.tools ?? {};
      for (const [t, tool] of (line.tools ?? []).entries())
        if (!Object.hasOwn(known, '*'))
          mustExist(context, document, ['allow', i, 'tools', t], `tool in \`${line.connector}\``, tool, Object.keys(known));
      const rule = `entitlement/${body.entitlement}/${i + 1}`;
      const rows = line.rows === undefined ? undefined : rowsAt(context, document, i, rule, line.rows);
      const lines = index.get(line.connector) ?? [];
      lines.push({ rule, groups, people, tools: line.tools && new Set(line.tools), rows });
      index.set(line.connector, lines);
    }
  }
  return index;
}

function rowsAt(context: CompileContext, document: EntitlementDocument, i: number, rule: string, source: string): RowRule {
  const path = ['allow', i, 'rows'];
  const before = context.problems.length;
  const keeps = expressionAt(context, { document, path, id: rule, when: 'row' }, source, 'boolean');
  const condition = context.problems.length > before ? undefined : rowCondition(source);
  const line = document.body.allow[i];
  const connector = ofKind(context, 'connector').find(({ id }) => id === line?.connector);
  const connection = connector && ofKind(context, 'connection').find(({ id }) => id === (connector.body.connection ?? connector.id));
  // Aggregates cannot be screened afterwards: for a database a rule must become part of the query.
  if (condition === undefined && isSql(connection) && context.problems.length === before)
    wrong(
      context,
      document,
      path,
      'A database takes over only comparisons of `row.<column>` with constants or `person.…`, joined by &&, || and !',
    );
  return { keeps, condition };
}
