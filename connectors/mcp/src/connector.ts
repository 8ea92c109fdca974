import type { ConnectorKind } from '@trapkey/contract/upstream.ts';
import { httpLink } from './http/session.ts';
import { canIsolate } from './stdio/isolate.ts';
import { stdioLink } from './stdio/session.ts';
import { openUpstream } from './upstream.ts';

/** MCP servers over Streamable HTTP and stdio, of either era. */
export const mcpConnector: ConnectorKind = {
  name: 'mcp',
  kinds: ['http', 'stdio'],
  open(address, limits, options) {
    if (address.kind !== 'http' && address.kind !== 'stdio') throw new Error(`${address.kind} is no MCP server`);
    const link = address.kind === 'http' ? httpLink(address, limits, options) : stdioLink(address, limits, options);
    return openUpstream(link, limits);
  },
  isolates: canIsolate,
};
