import { acceptedContent, inputRequired, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { png } from './fixtures.ts';
import { ask } from './round-tools.ts';

const user = (text: string) => ({ role: 'user' as const, content: { type: 'text' as const, text } });

/** Prompts: plain, with arguments, with a resource, with an image, in two rounds; and completion of their arguments. */
export function prompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { title: 'Simple Test Prompt', description: 'Without arguments' }, async () => ({
    messages: [user('This is a simple prompt for testing.')],
  }));
  server.registerPrompt(
    'test_prompt_with_arguments',
    { title: 'Prompt With Arguments', description: 'With two arguments', argsSchema: z.object({ arg1: z.string(), arg2: z.string() }) },
    async ({ arg1, arg2 }) => ({ messages: [user(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { title: 'Prompt With Embedded Resource', description: 'With a resource in it', argsSchema: z.object({ resourceUri: z.string() }) },
    async ({ resourceUri }) => ({
      messages: [
        {
          role: 'user' as const,
          content: {
            type: 'resource' as const,
            resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
          },
        },
        user('Please process the embedded resource above.'),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { title: 'Prompt With Image', description: 'With an image in it' }, async () => ({
    messages: [
      { role: 'user' as const, content: { type: 'image' as const, data: png, mimeType: 'image/png' } },
      user('Please analyze the image above.'),
    ],
  }));
  server.registerPrompt(
    'test_input_required_result_prompt',
    { title: 'Prompt In Rounds', description: 'Asks for its context first' },
    async (ctx) => {
      const context = acceptedContent<{ context: string }>((ctx as ServerContext).mcpReq.inputResponses, 'user_context')?.context;
      if (typeof context !== 'string')
        return inputRequired({ inputRequests: { user_context: ask('What context should the prompt use?', 'context') } });
      return { messages: [user(`Use the following context: ${context}`)] };
    },
  );
  server.server.setRequestHandler('completion/complete', async () => ({ completion: { values: [], total: 0, hasMore: false } }));
}
