import { Client, type Transport } from '@modelcontextprotocol/client';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { OpenOptions } from '@trapkey/contract/upstream.ts';
import { unsolicitedPerSecondMax } from './limits.ts';
import type { Era, Notify } from './link.ts';

export interface Handshake {
  readonly transport: Transport;
  readonly options: OpenOptions;
  readonly timeoutMs: number;
  /** How long a silent server may take to answer `server/discover` before it counts as one of 2025. */
  readonly probeMs: number;
  /** What an earlier session found: such a server is not asked `server/discover` again. */
  readonly known: Era | undefined;
  readonly notify: Notify;
  readonly flooded: () => void;
}

/** Counts what comes in one second, and says when it is too much. */
export function floodGuard(flooded: () => void): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(performance.now() / 1000);
    count = now === second ? count + 1 : 1;
    second = now;
    if (count === unsolicitedPerSecondMax + 1) flooded();
    return count <= unsolicitedPerSecondMax;
  };
}

/**
 * Negotiates era and capabilities with the SDK. Roots are never declared: a server that asks for them lets the
 * client say which folders it may open, and the client is the one that is governed.
 */
export async function shakeHands({ transport, options, timeoutMs, probeMs, known, notify, flooded }: Handshake): Promise<Client> {
  const passes = floodGuard(flooded);
  const changed = (list: string) => ({
    autoRefresh: false as const,
    debounceMs: 50,
    onChanged: () => void (passes() && notify(`notifications/${list}/list_changed`, {})),
  });
  const client = new Client(
    { name: options.clientName, version: options.clientVersion },
    {
      capabilities: { elicitation: { form: {}, url: {} }, ...(options.sampling && { sampling: {} }) },
      versionNegotiation: { mode: 'auto', probe: { timeoutMs: probeMs } },
      inputRequired: { autoFulfill: false },
      listChanged: { tools: changed('tools'), prompts: changed('prompts'), resources: changed('resources') },
    },
  );
  client.fallbackNotificationHandler = async (notification) => {
    if (passes()) notify(notification.method, (notification.params ?? {}) as JsonObject);
  };
  await client.connect(transport, { timeout: timeoutMs, ...(known === 'legacy' && { prior: { kind: 'legacy' } }) });
  return client;
}

/** The era that the handshake found. */
export function eraOf(client: Client): Era {
  return client.getProtocolEra() === 'modern' ? 'modern' : 'legacy';
}
