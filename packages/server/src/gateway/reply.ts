import type { ServerResponse } from 'node:http';
import { errorText, type Id, type RpcError } from './rpc.ts';

/** Sends one JSON body. Nothing that one identity was told may be kept by a cache for another. */
export function sendJson(res: ServerResponse, status: number, body: string, headers?: Readonly<Record<string, string>>): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
  });
  res.end(body);
}

/** Sends an error as JSON-RPC, whatever its HTTP status. */
export function sendError(res: ServerResponse, id: Id | null, error: RpcError, headers?: Readonly<Record<string, string>>): void {
  sendJson(res, error.status, errorText(id, error), headers);
}

/** Accepted, nothing to say. */
export function sendAccepted(res: ServerResponse): void {
  res.writeHead(202, { 'content-length': 0 });
  res.end();
}

/** Writes one SSE frame; a client that lets too much pile up unread is let go. */
export function writeFrame(res: ServerResponse, frame: string, unreadBytesMax: number): void {
  if (res.destroyed || res.writableEnded) return;
  if (res.writableLength > unreadBytesMax) res.destroy();
  else res.write(frame);
}

/** Opens an SSE response that no proxy on the way may hold back. */
export function openEvents(res: ServerResponse, headers?: Readonly<Record<string, string>>): void {
  res.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  });
  res.flushHeaders();
}
