import type { Reader } from '@trapkey/contract/rows.ts';
import type { TableBounds } from '@trapkey/contract/tables.ts';
import type { Upstream, UpstreamReply } from '@trapkey/contract/upstream.ts';
import { openSqlConnector } from '../../connectors/sql/src/connector.ts';

export const limits = { callTimeoutMs: 10_000, startTimeoutMs: 10_000, resultBytesMax: 16 * 1024 * 1024, concurrentMax: 10 };

/** One connector with one open database, asked as the gateway asks it. */
export interface Opened {
  readonly upstream: Upstream;
  ask(
    tool: string,
    args: Readonly<Record<string, string | number>>,
    bounds: TableBounds,
    signal?: AbortSignal,
    reader?: Reader,
  ): Promise<UpstreamReply>;
  /** What it says while a call is decided. */
  judge(sql: string, bounds: TableBounds): string;
}

/** Opens it and reads its tables. */
export async function openConnector(address: Parameters<ReturnType<typeof openSqlConnector>['open']>[0]): Promise<Opened> {
  const connector = openSqlConnector();
  const upstream = connector.open(address, limits, { sampling: false, clientName: 'test', clientVersion: '1' });
  await upstream.definitions(AbortSignal.timeout(10_000));
  return {
    upstream,
    ask: (tool, args, bounds, signal = AbortSignal.timeout(30_000), reader) =>
      upstream.request(
        { method: 'tools/call', params: { name: tool, arguments: args }, clientCapabilities: {}, bounds, ...(reader && { reader }) },
        { signal },
      ),
    judge(sql, bounds) {
      const judged = connector.judge?.(address, { tool: 'query', args: { sql }, bounds });
      if (!judged) throw new Error('the tables are not known');
      return 'refusal' in judged ? judged.refusal.code : 'allowed';
    },
  };
}

/** The rows of an answer, or why there are none. */
export function rowsOf(reply: UpstreamReply): unknown {
  if (reply.kind === 'refused') return reply.refusal.code;
  if (reply.kind !== 'result') return reply;
  const { structuredContent, content } = reply.result as { structuredContent?: { rows: unknown }; content: readonly { text: string }[] };
  return reply.result['isError'] === true ? content[0]?.text : structuredContent?.rows;
}
