import { randomUUID } from 'node:crypto';
import { acceptedContent, inputRequired, type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { say } from './fixtures.ts';
import type { Live } from './live.ts';

const nothing = z.object({});

/** An elicitation of one field. */
export function ask(message: string, field: string, type: 'string' | 'boolean' = 'string') {
  const property = type === 'string' ? { type: 'string' as const } : { type: 'boolean' as const };
  return inputRequired.elicit({ message, requestedSchema: { type: 'object', properties: { [field]: property }, required: [field] } });
}

/** A completion asked of the client, in-band. */
export function complete(text: string, maxTokens: number) {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });
}

/** Tools that need several rounds (2026-07-28) and carry sealed state between them. */
export function roundTools(server: McpServer, live: Live): void {
  const mint = (state: Record<string, unknown>) => live.state.mint({ ...state, nonce: randomUUID() });
  server.registerTool(
    'test_input_required_result_request_state',
    { description: 'Carries sealed state', inputSchema: nothing },
    async (_args, ctx) => {
      if (acceptedContent(ctx.mcpReq.inputResponses, 'confirm') === undefined) {
        return inputRequired({
          inputRequests: { confirm: ask('Please confirm', 'ok', 'boolean') },
          requestState: await mint({ tool: 'request_state' }),
        });
      }
      if (ctx.mcpReq.requestState() === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'The request state is missing');
      return say('state-ok: requestState verified and confirmation received');
    },
  );
  server.registerTool(
    'test_input_required_result_tampered_state',
    { description: 'Refuses changed state', inputSchema: nothing },
    async (_args, ctx) => {
      const confirmed = acceptedContent(ctx.mcpReq.inputResponses, 'confirm') !== undefined;
      if (confirmed && ctx.mcpReq.requestState() !== undefined) return say('integrity-ok: requestState verified');
      return inputRequired({
        inputRequests: { confirm: ask('Please confirm', 'ok', 'boolean') },
        requestState: await mint({ tool: 'tampered_state' }),
      });
    },
  );
  server.registerTool('test_input_required_result_multi_round', { description: 'Two rounds', inputSchema: nothing }, async (_args, ctx) => {
    const state = ctx.mcpReq.requestState<Record<string, unknown>>();
    const round = state?.['tool'] === 'multi_round' ? state['round'] : 0;
    if (round === 0) {
      const requestState = await mint({ tool: 'multi_round', round: 1 });
      return inputRequired({ inputRequests: { step1: ask('Step 1: What is your name?', 'name') }, requestState });
    }
    if (round === 1) {
      const name = acceptedContent<{ name: string }>(ctx.mcpReq.inputResponses, 'step1')?.name ?? 'unknown';
      const requestState = await mint({ tool: 'multi_round', round: 2, name });
      return inputRequired({ inputRequests: { step2: ask('Step 2: What is your favorite color?', 'color') }, requestState });
    }
    const color = acceptedContent<{ color: string }>(ctx.mcpReq.inputResponses, 'step2')?.color ?? 'unknown';
    return say(`Multi-round complete: ${String(state?.['name'] ?? 'unknown')} likes ${color}`);
  });
  server.registerTool(
    'test_input_required_result_multiple_inputs',
    { description: 'Asks three things at once', inputSchema: nothing },
    async (_args, ctx) => {
      const responses = ctx.mcpReq.inputResponses;
      const name = acceptedContent<{ name: string }>(responses, 'user_name')?.name;
      const greeting = (responses?.['greeting'] as { content?: { text?: string } } | undefined)?.content?.text;
      const roots = (responses?.['client_roots'] as { roots?: unknown[] } | undefined)?.roots;
      if (typeof name === 'string' && typeof greeting === 'string' && Array.isArray(roots))
        return say(`${greeting} ${name}, ${roots.length} root(s) visible`);
      const inputRequests = {
        user_name: ask('What is your name?', 'name'),
        greeting: complete('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      };
      return inputRequired({ inputRequests, requestState: await mint({ tool: 'multiple_inputs' }) });
    },
  );
}
