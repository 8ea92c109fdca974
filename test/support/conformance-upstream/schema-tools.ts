import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import { say } from './fixtures.ts';

/** The SDK's schema type does not know this keyword. */
const mirrored: object = { 'x-mcp-header': 'Region' };

/** Tools whose input schemas must survive word for word: a mirrored header, and the vocabulary of JSON Schema 2020-12. */
export function schemaTools(server: McpServer): void {
  server.registerTool(
    'test_x_mcp_header',
    {
      description: 'Its region is mirrored into the Mcp-Param-Region header',
      inputSchema: fromJsonSchema<{ region?: string; level?: number }>({
        type: 'object',
        properties: { region: { type: 'string', ...mirrored }, level: { type: 'integer' } },
      }),
    },
    async (args) => say(`region=${args.region ?? '<none>'}`),
  );
  server.registerTool(
    'json_schema_2020_12_tool',
    {
      description: 'Its schema uses $defs, $anchor, allOf, anyOf and if/then/else',
      inputSchema: fromJsonSchema<Record<string, unknown>>({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        $defs: {
          address: { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } },
        },
        properties: {
          name: { type: 'string' },
          address: { $ref: '#/$defs/address' },
          contactMethod: { type: 'string', enum: ['phone', 'email'] },
          phone: { type: 'string' },
          email: { type: 'string' },
        },
        allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
        if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
        // biome-ignore lint/suspicious/noThenProperty: `then` is a keyword of JSON Schema.
        then: { required: ['phone'] },
        else: { required: ['email'] },
        additionalProperties: false,
      }),
    },
    async (args) => say(`JSON Schema 2020-12 tool called with: ${JSON.stringify(args)}`),
  );
}
