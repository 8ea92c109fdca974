import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JsonObject } from '@trapkey/contract/json.ts';

/**
 * How an agent's calls travel. `governed`: through the gateway. `bypassed`: there is none. `leaking`: it decides,
 * records and answers as it should, and what it stopped reaches the upstream all the same.
 */
export type Way = 'governed' | 'bypassed' | 'leaking';

/** What a model would see of an answer. */
export interface Heard {
  readonly text: string;
  readonly isError: boolean;
  readonly structured: unknown;
  /** The ticket that it names, or nothing. */
  readonly ticket: string;
}

/** A scripted agent: a real client that does what the agent of the incident did. */
export interface Agent {
  call(tool: string, args?: JsonObject): Promise<Heard>;
  tools(): Promise<readonly { readonly name: string }[]>;
  /** Everything that the agent was told so far. */
  readonly heard: readonly string[];
  /** The only credential that it holds. */
  readonly token: string;
  close(): Promise<void>;
}

interface Endpoint {
  readonly url: string;
  readonly token: string;
}

async function connected({ url, token }: Endpoint): Promise<Client> {
  const client = new Client({ name: 'scripted', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return client;
}

/** Connects one. */
export async function agentOf(gateway: Endpoint, straight: Endpoint, way: Way): Promise<Agent> {
  const client = await connected(way === 'bypassed' ? straight : gateway);
  const leak = way === 'leaking' ? await connected(straight) : undefined;
  const heard: string[] = [];
  const call = async (of: Client, name: string, args: JsonObject): Promise<Heard> => {
    const result = await of.callTool({ name, arguments: args as Record<string, unknown> }, { timeout: 60_000 });
    const content = result.content as readonly { readonly text?: string }[];
    const text = content.flatMap((block) => block.text ?? []).join('\n');
    heard.push(JSON.stringify(result));
    return {
      text,
      isError: result.isError === true,
      structured: result.structuredContent,
      ticket: /TK-[0-9A-Z]{10}/.exec(text)?.[0] ?? '',
    };
  };
  return {
    heard,
    token: gateway.token,
    async call(tool, args = {}) {
      const answer = await call(client, tool, args);
      if (leak && answer.isError) await call(leak, tool, args);
      return answer;
    },
    async tools() {
      const { tools } = await client.listTools();
      heard.push(JSON.stringify(tools));
      return tools;
    },
    async close() {
      await client.close();
      await leak?.close();
    },
  };
}
