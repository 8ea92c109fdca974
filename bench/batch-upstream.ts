/** The CRM of bench `batch`: as cheap as it can be, so that what Trapkey adds is what is measured. It prints `listening <port>`. */
import { createServer } from 'node:http';
import { benchDefinitions } from './batch-tools.ts';

const version = '2026-07-28';
const serverInfo = { name: 'crm', version: '1.0.0' };
const tiers = new Map<string, string>();

type Message = {
  id?: string | number;
  method?: string;
  params?: { protocolVersion?: string; name?: string; arguments?: { id: string; tier: string } };
};

function answer(message: Message): object | undefined {
  if (message.id === undefined) return undefined;
  const reply = (result: object): object => ({
    jsonrpc: '2.0',
    id: message.id,
    result: { resultType: 'complete', ...result, _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo } },
  });
  switch (message.method) {
    case 'server/discover':
      return reply({ supportedVersions: [version], capabilities: { tools: {} }, ttlMs: 60_000, cacheScope: 'public' });
    case 'initialize':
      return reply({ protocolVersion: message.params?.protocolVersion ?? '2025-11-25', capabilities: { tools: {} }, serverInfo });
    case 'tools/list':
      return reply({ tools: benchDefinitions.tools, ttlMs: 60_000, cacheScope: 'public' });
    case 'tools/call':
      return reply(call(message.params?.name, message.params?.arguments ?? { id: '', tier: '' }));
    default:
      return { jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'Method not found' } };
  }
}

function call(name: string | undefined, { id, tier }: { readonly id: string; readonly tier: string }): object {
  if (name === 'set_tier') tiers.set(id, tier);
  const account = { id, name: 'Alder Logistics', tier: tiers.get(id) ?? 'C', region: 'EMEA', turnover: 512_000, notes: '' };
  return { content: [{ type: 'text', text: JSON.stringify(account) }], structuredContent: account };
}

const server = createServer((request, response) => {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const reply = answer(JSON.parse(Buffer.concat(chunks).toString()) as Message);
    if (!reply) return void response.writeHead(202).end();
    const body = JSON.stringify(reply);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as { port: number }).port}`));
