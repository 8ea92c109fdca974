import type { ServerResponse } from 'node:http';
import { randomCrockford } from '../kernel/ids.ts';
import type { GatewayLimits } from './limits.ts';
import { openEvents, writeFrame } from './reply.ts';

type StreamLimits = Pick<
  GatewayLimits,
  'resumeEventsMax' | 'resumeBytesMax' | 'retryMs' | 'keepAliveMs' | 'resumeGraceMs' | 'unreadBytesMax'
>;

/**
 * One SSE stream of a session that outlives its connection: events carry ids, a bounded tail is kept, and a client
 * that comes back with Last-Event-ID goes on where it was. When nobody comes back in time, `lost` is told.
 */
export class EventStream {
  readonly id = randomCrockford(10);
  readonly #limits: StreamLimits;
  readonly #priming: boolean;
  readonly #lost: () => void;
  readonly #kept: { readonly seq: number; readonly frame: string }[] = [];
  #keptBytes = 0;
  #seq = 0;
  #res: ServerResponse | undefined;
  #grace: NodeJS.Timeout | undefined;
  #alive: NodeJS.Timeout | undefined;
  endedAtMs: number | undefined;

  constructor(limits: StreamLimits, priming: boolean, lost: () => void) {
    this.#limits = limits;
    this.#priming = priming;
    this.#lost = lost;
  }

  /** What is kept for a client that comes back. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  get attached(): boolean {
    return this.#res !== undefined;
  }

  /** Binds a response, and sends what came after the named event. */
  attach(res: ServerResponse, headers: Readonly<Record<string, string>>, afterSeq?: number): void {
    clearTimeout(this.#grace);
    this.#res?.end();
    this.#res = res;
    openEvents(res, headers);
    // Clients before 2025-11-25 try to parse an empty event.
    if (afterSeq === undefined && this.#priming) res.write(`id: ${this.id}.0\nretry: ${this.#limits.retryMs}\ndata: \n\n`);
    for (const { seq, frame } of this.#kept) if (seq > (afterSeq ?? 0)) res.write(frame);
    res.once('close', () => this.#detach(res));
    clearInterval(this.#alive);
    this.#alive = setInterval(() => res.write(': waiting\n\n'), this.#limits.keepAliveMs).unref();
    if (this.endedAtMs !== undefined) this.#finish();
  }

  send(message: string): void {
    if (this.endedAtMs !== undefined) return;
    const seq = ++this.#seq;
    const frame = `event: message\nid: ${this.id}.${seq}\ndata: ${message}\n\n`;
    this.#kept.push({ seq, frame });
    this.#keptBytes += frame.length;
    while (this.#kept.length > 1 && (this.#kept.length > this.#limits.resumeEventsMax || this.#keptBytes > this.#limits.resumeBytesMax)) {
      this.#keptBytes -= this.#kept.shift()?.frame.length ?? 0;
    }
    if (this.#res) writeFrame(this.#res, frame, this.#limits.unreadBytesMax);
  }

  /** Nothing more comes; the tail stays for a client that lost the connection before it read it. */
  end(atMs: number): void {
    if (this.endedAtMs !== undefined) return;
    this.endedAtMs = atMs;
    clearTimeout(this.#grace);
    this.#finish();
  }

  #finish(): void {
    clearInterval(this.#alive);
    this.#res?.end();
    this.#res = undefined;
  }

  #detach(res: ServerResponse): void {
    if (this.#res !== res) return;
    this.#res = undefined;
    clearInterval(this.#alive);
    if (this.endedAtMs === undefined) this.#grace = setTimeout(this.#lost, this.#limits.resumeGraceMs).unref();
  }
}
