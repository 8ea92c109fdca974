import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mcpConnector } from '@trapkey/connector-mcp/connector.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type {
  OpenOptions,
  Upstream,
  UpstreamAddress,
  UpstreamLimits,
  UpstreamListeners,
  UpstreamReply,
} from '@trapkey/contract/upstream.ts';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test is over. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-upstream-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const limits: UpstreamLimits = { callTimeoutMs: 20_000, startTimeoutMs: 20_000, resultBytesMax: 256 * 1024, concurrentMax: 16 };

/** A stdio address with a home of its own. */
export function stdio(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Extract<UpstreamAddress, { kind: 'stdio' }> {
  return { kind: 'stdio', command, env, home: join(scratch(), 'home') };
}

/** Opens an upstream that is closed when the test is over. */
export function open(address: UpstreamAddress, narrower: Partial<UpstreamLimits> = {}, options: Partial<OpenOptions> = {}): Upstream {
  const upstream = mcpConnector.open(
    address,
    { ...limits, ...narrower },
    { sampling: false, clientName: 'trapkey', clientVersion: '0.1.0', ...options },
  );
  onTestFinished(() => upstream.close());
  return upstream;
}

/** Calls a tool. */
export async function call(
  upstream: Upstream,
  name: string,
  args: JsonObject = {},
  listeners: Partial<UpstreamListeners> = {},
  capabilities: JsonObject = {},
): Promise<UpstreamReply> {
  return await upstream.request(
    { method: 'tools/call', params: { name, arguments: args }, clientCapabilities: capabilities },
    { signal: new AbortController().signal, ...listeners },
  );
}

/** The first text of a result; fails the test when there is none. */
export function textOf(reply: UpstreamReply): string {
  if (reply.kind !== 'result') throw new Error(`no result: ${JSON.stringify(reply)}`);
  return (reply.result['content'] as { text: string }[])[0]?.text ?? '';
}
