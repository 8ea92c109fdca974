import type { Expression } from '../../kernel/rules.ts';
import { compileExpression } from './compile.ts';

const names = {
  roots: new Set(['args', 'person', 'reach', 'amount', 'destination', 'now']),
  fields: new Map([['person', new Set(['id', 'groups', 'region'])]]),
};

/** The bounds of a standing grant as an expression, or why they cannot be one. */
export function compileBounds(grant: string, source: string): Expression<boolean> | { readonly says: string } {
  const compiled = compileExpression(source, 'boolean', { id: `grant/${grant}`, names, lists: new Map() });
  return compiled.ok ? compiled.expression : { says: compiled.says };
}
