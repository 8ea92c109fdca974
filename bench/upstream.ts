/** The upstream of bench `gateway`: 200 tools that answer at once, over HTTP (`--http`) or stdio. As cheap as it can be, so that the proxy is what is measured. */
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { answerText as text, tools } from './tools.ts';

const version = '2026-07-28';
const serverInfo = { name: 'bench-upstream', version: '1.0.0' };

type Message = { id?: string | number; method?: string; params?: { protocolVersion?: string } };

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
      return reply({ tools, ttlMs: 60_000, cacheScope: 'public' });
    case 'tools/call':
      return reply({ content: [{ type: 'text', text }] });
    case 'ping':
      return reply({});
    default:
      return { jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'Method not found' } };
  }
}

if (process.argv[2] === '--http') {
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const reply = answer(JSON.parse(Buffer.concat(chunks).toString()) as Message);
      if (!reply) response.writeHead(202).end();
      else {
        const body = JSON.stringify(reply);
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
      }
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(Number(process.argv[3] ?? 0), '127.0.0.1', () => console.log(`listening ${(server.address() as { port: number }).port}`));
} else {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const reply = answer(JSON.parse(line) as Message);
    if (reply) process.stdout.write(`${JSON.stringify(reply)}\n`);
  });
}
