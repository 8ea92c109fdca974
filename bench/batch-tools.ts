import type { Definitions, ToolDefinition } from '@trapkey/contract/upstream.ts';

const id = { type: 'string' } as const;
const tool = (name: string, ...names: readonly string[]): ToolDefinition => ({
  name,
  inputSchema: { type: 'object', properties: Object.fromEntries(names.map((one) => [one, id])), required: names.slice(0, 1) },
});

/** What the CRM of bench `batch` offers: what the policy of the sales book names. */
export const benchDefinitions: Definitions = {
  serverInfo: { name: 'crm', version: '1' },
  capabilities: { tools: {} },
  tools: [
    tool('get_account', 'id'),
    tool('list_accounts', 'region'),
    tool('set_tier', 'id', 'tier', 'idempotency_key'),
    tool('set_owner', 'id', 'owner'),
    ...['add_note', 'send_mail', 'delete_account', 'restore_account'].map((name) => tool(name, 'id')),
  ],
  prompts: [],
  resources: [],
  resourceTemplates: [],
};
