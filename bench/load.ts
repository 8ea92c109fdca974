import { Pool } from 'undici';
import { quantile, short } from './quantiles.ts';

export interface Target {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LoadFigures {
  readonly clients: number;
  readonly calls: number;
  readonly calls_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
};

/** One tools/call of the 2026-07-28 revision, as bytes. */
function body(id: number): { readonly name: string; readonly bytes: string } {
  const name = `tool_${id % 200}`;
  const params = { name, arguments: { order: `SO-${10_000 + (id % 80_000)}`, region: 'EMEA', lines: id % 12 }, _meta: meta };
  return { name, bytes: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params }) };
}

/** Closed loop: each client sends its next call when its last was answered. Throws on any answer that is not a result. */
export async function load(
  target: Target,
  clients: number,
  until: { readonly ms: number } | { readonly calls: number },
): Promise<LoadFigures> {
  const url = new URL(target.url);
  const pool = new Pool(url.origin, { connections: clients, pipelining: 1 });
  const samples: number[] = [];
  const began = performance.now();
  let next = 0;
  const more = (): boolean => ('ms' in until ? performance.now() - began < until.ms : next < until.calls);
  const client = async (): Promise<void> => {
    while (more()) {
      const id = next++;
      const { name, bytes } = body(id);
      const sent = performance.now();
      const reply = await pool.request({
        method: 'POST',
        path: url.pathname,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': name,
          ...target.headers,
        },
        body: bytes,
      });
      const text = await reply.body.text();
      samples.push(performance.now() - sent);
      if (reply.statusCode !== 200 || !text.includes('SO-48211') || text.includes('"isError":true'))
        throw new Error(`${target.url} answered ${reply.statusCode}: ${text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  return {
    clients,
    calls: samples.length,
    calls_per_s: Math.round(samples.length / seconds),
    p50_ms: short(quantile(samples, 0.5)),
    p99_ms: short(quantile(samples, 0.99)),
  };
}
