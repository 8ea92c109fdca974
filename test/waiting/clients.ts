import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { asker, type House, path } from './house.ts';

export const eras = [
  { revision: '2026-07-28', mode: 'auto' },
  { revision: '2025-11-25', mode: 'legacy' },
] as const;
export type Era = (typeof eras)[number];

/** A real client of the SDK with its default time-outs, as one person, on one endpoint. */
export async function connect(
  house: Pick<House, 'url'>,
  era: Era,
  how: { readonly person?: string; readonly path?: string; readonly name?: string; readonly options?: ClientOptions } = {},
): Promise<Client> {
  const client = new Client({ name: how.name ?? 'tester', version: '1' }, { versionNegotiation: { mode: era.mode }, ...how.options });
  const headers = { authorization: `Bearer ${how.person ?? asker}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${house.url}${how.path ?? path}`), { requestInit: { headers } }));
  if (client.getNegotiatedProtocolVersion() !== era.revision) throw new Error(`spoke ${client.getNegotiatedProtocolVersion()}`);
  return client;
}

/** What a model would see. */
export interface Heard {
  readonly text: string;
  readonly isError: boolean;
  readonly structured: unknown;
  readonly ticket: string;
}

export async function call(
  client: Client,
  name: string,
  args: JsonObject = {},
  options: Parameters<Client['callTool']>[1] = {},
): Promise<Heard> {
  const result = await client.callTool({ name, arguments: args as Record<string, unknown> }, options);
  const content = result.content as readonly { readonly text?: string }[];
  const text = content.flatMap((block) => block.text ?? []).join('\n');
  return { text, isError: result.isError === true, structured: result.structuredContent, ticket: /TK-[0-9A-Z]{10}/.exec(text)?.[0] ?? '' };
}
