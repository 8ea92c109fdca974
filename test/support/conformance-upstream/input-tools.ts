import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequests,
  inputRequired,
  type McpServer,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { say } from './fixtures.ts';
import { ask, complete } from './round-tools.ts';

const nothing = z.object({});

/** Tools that need one input of the client, in-band (2026-07-28). */
export function inputTools(server: McpServer): void {
  server.registerTool(
    'test_input_required_result_elicitation',
    { description: 'Asks for a name', inputSchema: nothing },
    async (_args, ctx) => {
      const name = acceptedContent<{ name: string }>(ctx.mcpReq.inputResponses, 'user_name')?.name;
      return typeof name === 'string'
        ? say(`Hello, ${name}!`)
        : inputRequired({ inputRequests: { user_name: ask('What is your name?', 'name') } });
    },
  );
  server.registerTool(
    'test_input_required_result_sampling',
    { description: 'Asks for a completion', inputSchema: nothing },
    async (_args, ctx) => {
      const answer = ctx.mcpReq.inputResponses?.['capital_question'] as { content?: { text?: string } } | undefined;
      if (answer === undefined)
        return inputRequired({ inputRequests: { capital_question: complete('What is the capital of France?', 100) } });
      return say(`Sampling response: ${answer.content?.text ?? JSON.stringify(answer)}`);
    },
  );
  server.registerTool(
    'test_input_required_result_list_roots',
    { description: 'Asks for the roots', inputSchema: nothing },
    async (_args, ctx) => {
      const roots = (ctx.mcpReq.inputResponses?.['client_roots'] as { roots?: { uri?: string }[] } | undefined)?.roots;
      if (!Array.isArray(roots)) return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
      return say(`Client exposed ${roots.length} root(s): ${roots.map((root) => root.uri).join(', ')}`);
    },
  );
  server.registerTool('test_missing_capability', { description: 'Needs sampling', inputSchema: nothing }, async (_args, ctx) => {
    if (ctx.mcpReq.inputResponses?.['llm_answer'] !== undefined) return say('sampling round-trip complete');
    return inputRequired({ inputRequests: { llm_answer: complete('Reply with the single word: pong', 16) } });
  });
  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Asks only what the client can do', inputSchema: nothing },
    async (_args, ctx) => {
      if (ctx.mcpReq.inputResponses !== undefined) return say('Capability-aware input requests fulfilled');
      const declared = (ctx.mcpReq.envelope as Record<string, ClientCapabilities | undefined> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
      const inputRequests: InputRequests = {
        ...(declared?.elicitation !== undefined && { user_name: ask('What is your name?', 'name') }),
        ...(declared?.sampling !== undefined && { greeting: complete('Generate a short greeting', 50) }),
        ...(declared?.roots !== undefined && { client_roots: inputRequired.listRoots() }),
      };
      return Object.keys(inputRequests).length === 0 ? say('The client declared nothing to ask with') : inputRequired({ inputRequests });
    },
  );
}
