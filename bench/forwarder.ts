/** The ceiling: `node:http` in, undici `Pool.request` out, bodies buffered, no policy, no record. `node bench/forwarder.ts <upstream url>` */
import { createServer } from 'node:http';
import { Pool } from 'undici';

const upstream = new URL(process.argv[2] ?? 'http://127.0.0.1:1');
const pool = new Pool(upstream.origin, { connections: 64, pipelining: 1 });
const passed = ['content-type', 'accept', 'mcp-protocol-version', 'mcp-method', 'mcp-name'] as const;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const headers: Record<string, string> = {};
    for (const name of passed) {
      const value = request.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    try {
      const reply = await pool.request({ method: 'POST', path: upstream.pathname, headers, body: Buffer.concat(chunks) });
      const body = Buffer.from(await reply.body.arrayBuffer());
      response
        .writeHead(reply.statusCode, { 'content-type': String(reply.headers['content-type']), 'content-length': body.length })
        .end(body);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as { port: number }).port}`));
