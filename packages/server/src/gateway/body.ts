import type { IncomingMessage } from 'node:http';

/** The body's bytes, or why there are none. Time limits are the server's (`requestTimeout`). */
export type Body = { readonly bytes: Buffer } | { readonly tooLarge: true } | { readonly noRoom: true } | { readonly gone: true };

/** Counts the bytes of all bodies that are being read at once. */
export interface BodyBudget {
  readonly bytesMax: number;
  bytes: number;
}

/** Reads a body up to a limit, and all bodies together up to theirs; a declared length over its limit is not even begun. */
export function readBody(req: IncomingMessage, bytesMax: number, budget: BodyBudget): Promise<Body> {
  if (Number(req.headers['content-length'] ?? 0) > bytesMax) return Promise.resolve({ tooLarge: true });
  return new Promise((resolve) => {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let size = 0;
    let over = false;
    const end = (body: Body) => {
      if (over) return;
      over = true;
      budget.bytes -= size;
      resolve(body);
    };
    const stop = (body: Body) => {
      req.removeAllListeners('data');
      req.pause();
      end(body);
    };
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      budget.bytes += chunk.length;
      if (size > bytesMax) stop({ tooLarge: true });
      else if (budget.bytes > budget.bytesMax) stop({ noRoom: true });
      else if (!first) first = chunk;
      else {
        more ??= [first];
        more.push(chunk);
      }
    });
    req.on('end', () => end({ bytes: more ? Buffer.concat(more) : (first ?? Buffer.alloc(0)) }));
    req.on('close', () => end({ gone: true }));
  });
}

const lingerMs = 2_000;
const lingerBytesMax = 16 * 1024 * 1024;

/**
 * Goes on reading for a moment, and forgets what comes: a client that is cut off while it writes loses the answer to a
 * reset. Who goes on for longer is cut off.
 */
export function letFinish(req: IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => req.destroy(), lingerMs).unref();
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > lingerBytesMax) req.destroy();
  });
  req.once('close', () => clearTimeout(timer));
  req.resume();
}
