import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Child } from './child.ts';
import { openLines } from './lines.ts';

const inputBytesMax = 16 * 1024 * 1024;

export interface PipeEvents {
  /** True when the message belongs to one of our own calls; the rest is the SDK's. */
  claimed(message: JsonObject, bytes: number): boolean;
  /** A message over the limit was skipped; its first and last bytes. */
  oversize(head: string, tail: string): void;
  gone(detail: string): void;
}

/** The pipe to a child process: ours to call over, and the SDK's transport at once. */
export interface Pipe {
  readonly transport: Transport;
  /** False when it was certainly not written. */
  write(message: JsonObject): boolean;
}

/** Opens the pipe. Lines that are not JSON objects are dropped: servers print banners. */
export function openPipe(child: Child, bytesMax: number, events: PipeEvents): Pipe {
  const { stdin, stdout } = child.process;
  let over = false;

  function gone(why: string): void {
    if (over) return;
    over = true;
    const errors = child.stderr();
    events.gone(errors === '' ? why : `${why}; stderr: ${errors.slice(-400)}`);
    transport.onclose?.();
  }

  function write(message: JsonObject): boolean {
    if (over || !child.alive || !stdin.writable || stdin.writableLength > inputBytesMax) return false;
    stdin.write(`${JSON.stringify(message)}\n`);
    return true;
  }

  function line(text: string, bytes: number): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof message !== 'object' || message === null || Array.isArray(message)) return;
    if (events.claimed(message as JsonObject, bytes)) return;
    transport.onmessage?.(message as JSONRPCMessage);
  }

  // `stderr` and `pid` are how the SDK knows a transport of this kind: on one, silence means a server of 2025.
  const transport: Transport & { readonly stderr: null; readonly pid: number | undefined } = {
    stderr: null,
    pid: child.process.pid,
    async start() {},
    async send(message) {
      if (!write(message as unknown as JsonObject)) throw new Error('the process is gone');
    },
    async close() {
      await child.end();
    },
  };

  const lines = openLines(bytesMax, line, events.oversize);
  stdout.on('data', (chunk: Buffer) => lines.feed(chunk));
  stdin.on('error', (error) => gone(`its input broke: ${error.message}`));
  child.process.once('error', (error) => gone(`it could not be started: ${error.message}`));
  child.process.once('close', (code, signal) => gone(`the process ended (${signal ?? `exit code ${code}`})`));
  return { transport, write };
}
