import type { JsonObject } from '@trapkey/contract/json.ts';

const timeoutMs = 15_000;
const protocol = '2026-07-28';

/** What an endpoint of the gateway answered to `tools/list`: names, or why not in words. */
export type Listed = { readonly tools: readonly string[] } | { readonly says: string };

/** Asks an endpoint for its tools as a client would; no tool is called. */
export async function listAt(url: string, token: string): Promise<Listed> {
  const _meta = { 'io.modelcontextprotocol/protocolVersion': protocol, 'io.modelcontextprotocol/clientCapabilities': {} };
  try {
    const reply = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
        'mcp-protocol-version': protocol,
        'mcp-method': 'tools/list',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 'doctor', method: 'tools/list', params: { _meta } }),
    });
    const text = await reply.text();
    const { result, error } = JSON.parse(text.startsWith('{') ? text : (/^data: (\{.*\})$/m.exec(text)?.[1] ?? '{}')) as {
      readonly result?: { readonly tools?: readonly JsonObject[] };
      readonly error?: { readonly message?: string };
    };
    if (result?.tools) return { tools: result.tools.map(({ name }) => String(name)).filter((name) => !name.startsWith('trapkey_')) };
    return { says: `it answered ${reply.status}: ${(error?.message ?? 'nothing that can be read').slice(0, 300)}` };
  } catch (error) {
    return { says: `nobody answered: ${causeOf(error)}` };
  }
}

/** The reason behind a failed fetch, which by itself only says that it failed. */
export function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (cause instanceof Error ? cause.message || cause.name : String(cause)).slice(0, 300);
}
