import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { post } from '../support/e2e-client.ts';

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
  /** The call, as the record names it, where Trapkey answered in place of the upstream. */
  readonly decided: string | undefined;
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

type Result = Awaited<ReturnType<Client['callTool']>>;

/** Where even the list of tools is refused, a client of the SDK calls nothing: the call is sent as it would go over the wire. */
async function posted({ url, token }: Endpoint, name: string, args: JsonObject): Promise<Result> {
  const reply = await post({ url, headers: { Authorization: `Bearer ${token}` } }, 'tools/call', { name, arguments: args });
  return ((await reply.json()) as { readonly result: Result }).result;
}

/** Connects one. */
export async function agentOf(gateway: Endpoint, straight: Endpoint, way: Way): Promise<Agent> {
  const front = way === 'bypassed' ? straight : gateway;
  let client: Client | undefined;
  const leak = way === 'leaking' ? await connected(straight) : undefined;
  const heard: string[] = [];
  const sdk = async (): Promise<Client> => {
    client ??= await connected(front);
    return client;
  };
  const call = async (of: () => Promise<Client>, name: string, args: JsonObject): Promise<Heard> => {
    const result = await of()
      .then((one) => one.callTool({ name, arguments: args as Record<string, unknown> }, { timeout: 60_000 }))
      .catch((error: unknown) => (error instanceof ProtocolError ? posted(front, name, args) : Promise.reject(error)));
    const content = result.content as readonly { readonly text?: string }[];
    const text = content.flatMap((block) => block.text ?? []).join('\n');
    heard.push(JSON.stringify(result));
    return {
      text,
      isError: result.isError === true,
      structured: result.structuredContent,
      ticket: /TK-[0-9A-Z]{10}/.exec(text)?.[0] ?? '',
      decided: (result._meta?.['io.trapkey/decision'] as { readonly call?: string } | undefined)?.call,
    };
  };
  return {
    heard,
    token: gateway.token,
    async call(tool, args = {}) {
      const answer = await call(sdk, tool, args);
      if (leak && answer.isError) await call(async () => leak, tool, args).catch(() => undefined);
      return answer;
    },
    async tools() {
      const { tools } = await (await sdk()).listTools();
      heard.push(JSON.stringify(tools));
      return tools;
    },
    async close() {
      await client?.close();
      await leak?.close();
    },
  };
}
