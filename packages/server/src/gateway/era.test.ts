import { classifyInboundRequest } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eraOf } from './era.ts';
import { readMessage } from './rpc.ts';

const version = fc.constantFrom(undefined, '2026-07-28', '2025-11-25', '2025-03-26', 'v999', 7 as unknown as string);
const method = fc.constantFrom('tools/call', 'tools/list', 'initialize', 'ping', 'server/discover', 'notifications/cancelled');

/** What the SDK says of the same request, in our words; only what may be served matters, not which error comes first. */
function oracle(request: Parameters<typeof classifyInboundRequest>[0]): string {
  const outcome = classifyInboundRequest(request);
  if (outcome.kind === 'reject') return 'error';
  return outcome.kind === 'modern' ? outcome.classification.era : 'legacy';
}

it('tells the eras apart as the SDK does, and refuses more but never less', () => {
  fc.assert(
    fc.property(
      fc.record({
        claimed: version,
        header: version,
        mcpMethod: fc.option(method, { nil: undefined }),
        method,
        id: fc.constantFrom(1, undefined),
        capabilities: fc.boolean(),
      }),
      ({ claimed, header, mcpMethod, method: named, id, capabilities }) => {
        const meta = {
          ...(claimed !== undefined && { 'io.modelcontextprotocol/protocolVersion': claimed }),
          ...(capabilities && { 'io.modelcontextprotocol/clientCapabilities': {} }),
        };
        const body = { jsonrpc: '2.0' as const, ...(id !== undefined && { id }), method: named, params: { name: 'x', _meta: meta } };
        const headers = {
          ...(header !== undefined && { 'mcp-protocol-version': String(header) }),
          ...(mcpMethod && { 'mcp-method': mcpMethod }),
          'mcp-name': 'x',
        };
        const ours = eraOf(readMessage(body), headers);
        const theirs = oracle({
          httpMethod: 'POST',
          body,
          ...(header !== undefined && { protocolVersionHeader: String(header) }),
          ...(mcpMethod && { mcpMethodHeader: mcpMethod }),
        });
        if ('error' in ours) return;
        expect(ours.era).toBe(theirs);
      },
    ),
    { numRuns: 3_000 },
  );
});
