import type { Definitions, ToolDefinition } from '@trapkey/contract/upstream.ts';

const rowsSchema = {
  type: 'object',
  properties: {
    columns: { type: 'object', additionalProperties: { type: 'string' } },
    rows: { type: 'array', items: { type: 'object' } },
    row_count: { type: 'integer' },
    complete: { type: 'boolean' },
    cut: { type: 'string' },
    withheld_columns: { type: 'integer' },
  },
  required: ['columns', 'rows', 'row_count', 'complete'],
} as const;

const reading = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;
const sql = { type: 'string', minLength: 1, maxLength: 65_536 } as const;

function tool(name: string, description: string, properties: Record<string, unknown>, required: readonly string[], readOnly = true) {
  return {
    name,
    description,
    inputSchema: { type: 'object', properties, required, additionalProperties: false },
    ...(readOnly ? { outputSchema: rowsSchema, annotations: reading } : { annotations: { readOnlyHint: false, openWorldHint: false } }),
  } as unknown as ToolDefinition;
}

/** What every database offers; the same for all, so that what is reviewed once stays reviewed whatever its tables are. */
export function definitionsOf(dialect: 'PostgreSQL' | 'SQLite'): Definitions {
  const tools = [
    tool('query', `Runs one ${dialect} SELECT over the tables that describe lists, and returns its rows.`, { sql }, ['sql']),
    tool('describe', 'Lists the tables that may be read, with the columns that may be read and their types.', {}, []),
    tool(
      'sample',
      'Returns some rows of one table.',
      { table: { type: 'string', minLength: 1, maxLength: 255 }, rows: { type: 'integer', minimum: 1, maximum: 100 } },
      ['table'],
    ),
    tool('count_changes', 'Tells how many rows an INSERT, UPDATE or DELETE would change, and changes none.', { sql }, ['sql']),
    tool('change', `Runs one ${dialect} INSERT or UPDATE of a table that may be changed.`, { sql }, ['sql'], false),
    tool('delete', `Runs one ${dialect} DELETE of rows of a table that may be changed.`, { sql }, ['sql'], false),
  ];
  return {
    serverInfo: { name: `trapkey-${dialect.toLowerCase()}`, version: '1' },
    capabilities: { tools: {} },
    tools,
    prompts: [],
    resources: [],
    resourceTemplates: [],
  };
}
