/** What the bench's upstream offers and answers. */
export const toolCount = 200;

const inputSchema = {
  type: 'object',
  properties: { order: { type: 'string', maxLength: 64 }, region: { type: 'string' }, lines: { type: 'integer', minimum: 0 } },
  required: ['order', 'region'],
} as const;

export const tools = Array.from({ length: toolCount }, (_, at) => ({
  name: `tool_${at}`,
  description: `Looks up an order, way ${at}.`,
  inputSchema,
  annotations: { readOnlyHint: true },
}));

export const answerText = JSON.stringify({
  order: 'SO-48211',
  status: 'shipped',
  carrier: 'DHL',
  lines: Array.from({ length: 6 }, (_, at) => ({ sku: `SKU-${at}`, quantity: at + 1, price: 1999 })),
});
