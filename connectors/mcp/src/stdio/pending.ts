import type { JsonObject } from '@trapkey/contract/json.ts';
import { declined, type Exchange } from '../exchange.ts';
import { floodGuard } from '../handshake.ts';

const idAtAnEdge = /"id"\s*:\s*"(t-\d+)"/;

/** The open calls of one process, all on one pipe. */
export interface Pending {
  add(id: string, exchange: Exchange): void;
  remove(id: string): void;
  /** True when the message belongs to a call; the rest is for whoever listens outside calls. */
  claim(message: JsonObject, bytes: number, write: (message: JsonObject) => boolean): boolean;
  oversize(head: string, tail: string, bytesMax: number): void;
  lost(detail: string): void;
}

/** Starts empty. `kill` ends a process that floods the pipe, or whose oversize answer cannot be told from others. */
export function openPending(kill: () => void): Pending {
  // Emptied when a call is over: tables that a map leaves behind keep what they hold until a full collection.
  const open = new Map<string, { exchange: Exchange | undefined }>();
  const passes = floodGuard(kill);
  const only = () => (open.size === 1 ? open.values().next().value?.exchange : undefined);

  /** Progress names its call. Anything else belongs to the one call that is open; with several, to none. */
  function notified(message: JsonObject, params: JsonObject): Exchange | undefined {
    if (message['method'] === 'notifications/progress') return open.get(String(params['progressToken']))?.exchange;
    return message['method'] === 'notifications/message' ? only() : undefined;
  }

  return {
    add: (id, exchange) => void open.set(id, { exchange }),
    remove(id) {
      const kept = open.get(id);
      if (kept) kept.exchange = undefined;
      open.delete(id);
    },
    claim(message, bytes, write) {
      const { id, method } = message;
      if (typeof method !== 'string') {
        open.get(String(id))?.exchange?.message(message, bytes);
        return typeof id === 'string' && id.startsWith('t-');
      }
      const exchange = id === undefined ? notified(message, (message['params'] ?? {}) as JsonObject) : only();
      if (exchange) exchange.message(message, bytes);
      else if (id !== undefined) write(declined(id, method));
      else if (method === 'notifications/progress') passes();
      else return false;
      return true;
    },
    oversize(head, tail, bytesMax) {
      const id = idAtAnEdge.exec(head)?.[1] ?? idAtAnEdge.exec(tail)?.[1];
      const exchange = (id === undefined ? undefined : open.get(id)?.exchange) ?? only();
      if (exchange) exchange.settle({ kind: 'garbage', detail: `the answer is over ${bytesMax} bytes` });
      else kill();
    },
    lost(detail) {
      for (const { exchange } of [...open.values()]) exchange?.settle({ kind: 'lost', detail });
    },
  };
}
