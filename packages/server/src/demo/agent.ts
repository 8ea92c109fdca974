import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { DemoPerson } from './people.ts';

/** Where one connector of a person's plugin is reached, and with which token. */
export interface DemoEndpoint {
  readonly connector: string;
  readonly url: string;
  readonly token: string;
}

/** The agent of one person: a real MCP client for each connector, opened when it is first used. */
export interface DemoAgent {
  readonly person: DemoPerson;
  /** Calls a tool and gives what the model would read; a refusal is an answer like any other. */
  call(connector: string, tool: string, args: JsonObject): Promise<string>;
  close(): Promise<void>;
}

/** Opens it; nothing is connected yet. */
export function demoAgent(person: DemoPerson, endpoints: readonly DemoEndpoint[]): DemoAgent {
  const open = new Map<string, Promise<Client>>();
  const clientOf = (connector: string): Promise<Client> => {
    const known = open.get(connector);
    if (known) return known;
    const endpoint = endpoints.find((one) => one.connector === connector);
    if (!endpoint) throw new Error(`${person.plugin} has no connector ${connector}`);
    const connecting = connected(endpoint);
    // What did not come about is tried again at the next call.
    connecting.catch(() => open.delete(connector));
    open.set(connector, connecting);
    return connecting;
  };
  return {
    person,
    async call(connector, tool, args) {
      const client = await clientOf(connector);
      const { content } = await client.callTool({ name: tool, arguments: args }, { timeout: 60_000 });
      return (content as readonly { readonly text?: string }[]).flatMap(({ text }) => text ?? []).join('\n');
    },
    async close() {
      const clients = await Promise.allSettled(open.values());
      await Promise.allSettled(clients.flatMap((one) => (one.status === 'fulfilled' ? [one.value.close()] : [])));
    },
  };
}

async function connected({ url, token }: DemoEndpoint): Promise<Client> {
  const client = new Client({ name: 'claude-cowork-demo', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return client;
}
