import type { ServerResponse } from 'node:http';
import type { GatewayLimits } from './limits.ts';
import { openEvents, sendJson, writeFrame } from './reply.ts';
import type { EventStream } from './stream.ts';

export interface LineOptions {
  readonly accepts: { readonly json: boolean; readonly stream: boolean };
  readonly limits: Pick<GatewayLimits, 'streamAfterMs' | 'keepAliveMs' | 'unreadBytesMax'>;
  readonly headers: Readonly<Record<string, string>>;
  /** How many answers end it; more than one is a batch. */
  readonly expects: number;
  readonly clock: () => number;
  /** Makes the stream that a session's client can come back to. */
  readonly resumable?: (lost: () => void) => EventStream;
}

/**
 * The way back to the client for one POST: plain JSON for what is answered quickly, SSE as soon as something must be
 * said before the answer or the answer takes long. Its client going away cancels what runs on it.
 */
export class Line {
  readonly #res: ServerResponse;
  readonly #options: LineOptions;
  readonly #lost: (() => void)[] = [];
  readonly #answers: string[] = [];
  #left: number;
  #events = false;
  #stream: EventStream | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(res: ServerResponse, options: LineOptions) {
    this.#res = res;
    this.#options = options;
    this.#left = options.expects;
    res.once('close', () => {
      if (this.#left > 0 && !this.#stream) this.#lose();
    });
    if (!options.accepts.json) this.open();
    else if (options.accepts.stream) this.#timer = setTimeout(() => this.open(), options.limits.streamAfterMs).unref();
  }

  get canStream(): boolean {
    return this.#options.accepts.stream;
  }

  /** Told when the client is gone for good. */
  onLost(lost: () => void): void {
    this.#lost.push(lost);
  }

  /** Opens the stream now: what comes may take long. */
  open(): void {
    const { accepts, resumable, headers, limits } = this.#options;
    if (this.#events || this.#left === 0 || !accepts.stream || this.#res.destroyed) return;
    clearTimeout(this.#timer);
    this.#events = true;
    this.#stream = resumable?.(() => this.#lose());
    if (this.#stream) this.#stream.attach(this.#res, headers);
    else {
      openEvents(this.#res, headers);
      this.#timer = setInterval(() => this.#res.write(': waiting\n\n'), limits.keepAliveMs).unref();
    }
    for (const answer of this.#answers.splice(0)) this.#write(answer);
  }

  /** Says something before the answer. Lost where the client takes no stream. */
  send(message: string): void {
    this.open();
    if (this.#events && this.#left > 0) this.#write(message);
  }

  answer(text: string, status = 200): void {
    if (this.#left === 0) return;
    this.#left--;
    if (this.#events) this.#write(text);
    else this.#answers.push(text);
    if (this.#left > 0) return;
    clearTimeout(this.#timer);
    if (this.#stream) this.#stream.end(this.#options.clock());
    else if (this.#events) this.#res.end();
    else if (this.#options.expects === 1) sendJson(this.#res, status, text, this.#options.headers);
    else sendJson(this.#res, 200, `[${this.#answers.join(',')}]`, this.#options.headers);
  }

  #write(message: string): void {
    if (this.#stream) this.#stream.send(message);
    else writeFrame(this.#res, `event: message\ndata: ${message}\n\n`, this.#options.limits.unreadBytesMax);
  }

  #lose(): void {
    clearTimeout(this.#timer);
    for (const lost of this.#lost) lost();
  }
}
