import { type CompileContext, ofKind } from './context.ts';

/** Every table that the connectors of a connection may read between them. */
export function tablesOf(context: CompileContext, connection: string): readonly string[] {
  const over = ofKind(context, 'connector').filter(({ body }) => (body.connection ?? body.connector) === connection);
  return [...new Set(over.flatMap(({ body }) => body.allowed_tables ?? []))].sort();
}
