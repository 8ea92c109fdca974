import type { IncomingMessage } from 'node:http';

/** The body's bytes, or why there are none. Time limits are the server's (`requestTimeout`). */
export type Body = { readonly bytes: Buffer } | { readonly tooLarge: true } | { readonly gone: true };

/** Reads a body up to a limit; a declared length over it is not even begun. */
export function readBody(req: IncomingMessage, bytesMax: number): Promise<Body> {
  if (Number(req.headers['content-length'] ?? 0) > bytesMax) return Promise.resolve({ tooLarge: true });
  return new Promise((resolve) => {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bytesMax) {
        req.removeAllListeners('data');
        req.pause();
        resolve({ tooLarge: true });
      } else if (!first) first = chunk;
      else {
        more ??= [first];
        more.push(chunk);
      }
    });
    req.on('end', () => resolve({ bytes: more ? Buffer.concat(more) : (first ?? Buffer.alloc(0)) }));
    req.on('close', () => resolve({ gone: true }));
  });
}
