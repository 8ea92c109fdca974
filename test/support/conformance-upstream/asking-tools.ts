import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { say } from './fixtures.ts';

const defaults = {
  name: { type: 'string', description: 'User name', default: 'John Doe' },
  age: { type: 'integer', description: 'User age', default: 30 },
  score: { type: 'number', description: 'User score', default: 95.5 },
  status: { type: 'string', description: 'User status', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', description: 'Verification status', default: true },
} as const;

const titled = (one: string, two: string, three: string) => [
  { const: 'value1', title: one },
  { const: 'value2', title: two },
  { const: 'value3', title: three },
];

const enums = {
  untitledSingle: { type: 'string', description: 'Select one option', enum: ['option1', 'option2', 'option3'] },
  titledSingle: {
    type: 'string',
    description: 'Select one option with titles',
    oneOf: titled('First Option', 'Second Option', 'Third Option'),
  },
  legacyEnum: {
    type: 'string',
    description: 'Select one option (legacy)',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: {
    type: 'array',
    description: 'Select multiple options',
    minItems: 1,
    maxItems: 3,
    items: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  },
  titledMulti: {
    type: 'array',
    description: 'Select multiple options with titles',
    minItems: 1,
    maxItems: 3,
    items: { anyOf: titled('First Choice', 'Second Choice', 'Third Choice') },
  },
};

type Properties = Record<string, unknown>;

/** Asks the client in the way of 2025: a request of the server's own, on the stream of the call. */
async function elicit(ctx: ServerContext, message: string, properties: Properties, required: string[]): Promise<string> {
  const answer = (await ctx.mcpReq.send({
    method: 'elicitation/create',
    params: { message, requestedSchema: { type: 'object', properties, required } },
  } as never)) as { action?: string; content?: unknown };
  return `action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`;
}

async function saying(work: Promise<string>, failed: string) {
  try {
    return say(await work);
  } catch (error) {
    return say(`${failed}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Tools that ask the client for something while they run, as revisions up to 2025-11-25 have it. */
export function askingTools(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks for a completion', inputSchema: z.object({ prompt: z.string() }) },
    async (args, ctx) => {
      const complete = async () => {
        const params = { messages: [{ role: 'user', content: { type: 'text', text: args.prompt } }], maxTokens: 100 };
        const answer = (await ctx.mcpReq.send({ method: 'sampling/createMessage', params } as never)) as { content?: { text?: string } };
        return `LLM response: ${answer.content?.text ?? 'No response'}`;
      };
      return saying(complete(), 'Sampling not supported or error');
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user', inputSchema: z.object({ message: z.string() }) },
    async (args, ctx) =>
      saying(
        elicit(ctx, args.message, { response: { type: 'string', description: "User's response" } }, ['response']).then(
          (said) => `User response: ${said}`,
        ),
        'Elicitation not supported or error',
      ),
  );
  const forms: [string, string, Properties][] = [
    ['test_elicitation_sep1034_defaults', 'Please review and update the form fields with defaults', defaults],
    ['test_elicitation_sep1330_enums', 'Please select options from the enum fields', enums],
  ];
  for (const [name, message, properties] of forms) {
    server.registerTool(name, { description: message, inputSchema: z.object({}) }, async (_args, ctx) =>
      saying(
        elicit(ctx, message, properties, []).then((said) => `Elicitation completed: ${said}`),
        'Elicitation not supported or error',
      ),
    );
  }
}
