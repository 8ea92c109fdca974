import type { JsonObject } from '@trapkey/contract/json.ts';
import { createParser } from 'eventsource-parser';
import { streamBytesFactor } from '../limits.ts';

const errorBytesMax = 64 * 1024;
const retryDefaultMs = 1_000;

/** How a request ended that no message answered. */
export type Ended =
  | { readonly kind: 'unsent' | 'lost' | 'garbage'; readonly detail: string }
  | { readonly kind: 'status'; readonly status: number; readonly text: string }
  /** The stream closed before the answer, and can be taken up where it broke off. */
  | { readonly kind: 'broken'; readonly lastEventId: string; readonly retryMs: number }
  /** Accepted without an answer. */
  | { readonly kind: 'accepted' };

/** Reads one response body. */
export interface Body {
  data(chunk: Buffer): void;
  /** What the end of the body means. */
  end(): Ended;
  /** When the connection broke: how to go on, where the server said how. */
  broken(): Ended | undefined;
}

export interface BodyOptions {
  readonly status: number;
  readonly contentType: string;
  readonly bytesMax: number;
  /** Whether 404 says that the session is forgotten, whatever words come with it. */
  readonly sessionful: boolean;
  message(message: JsonObject, bytes: number): void;
  /** The body is over a limit or not in the protocol; nothing of it is read any more. */
  spoiled(detail: string): void;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** A stream of events, each one message. */
function eventBody({ bytesMax, message, spoiled }: BodyOptions): Body {
  const decoder = new TextDecoder();
  let lastEventId = '';
  let retryMs = retryDefaultMs;
  let total = 0;
  const parser = createParser({
    maxBufferSize: bytesMax,
    onRetry(ms) {
      retryMs = ms;
    },
    onEvent({ id, data }) {
      if (id !== undefined) lastEventId = id;
      if (data === '') return;
      const found = parsed(data);
      if (found) message(found, Buffer.byteLength(data));
      else spoiled('an event of the stream is not a JSON object');
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') spoiled(`an event is over ${bytesMax} bytes`);
    },
  });
  const broken = (): Ended | undefined => (lastEventId === '' ? undefined : { kind: 'broken', lastEventId, retryMs });
  return {
    data(chunk) {
      total += chunk.length;
      if (total > bytesMax * streamBytesFactor) return spoiled(`the stream is over ${bytesMax * streamBytesFactor} bytes`);
      parser.feed(decoder.decode(chunk, { stream: true }));
    },
    end: () => broken() ?? { kind: 'lost', detail: 'the stream ended without an answer' },
    broken,
  };
}

/** A body that is read whole: one JSON message, or the words of an HTTP error. */
function wholeBody({ status, contentType, bytesMax, sessionful, message, spoiled }: BodyOptions): Body {
  const chunks: Buffer[] = [];
  const json = contentType.startsWith('application/json');
  const max = status === 200 ? bytesMax : errorBytesMax;
  let bytes = 0;
  return {
    data(chunk) {
      bytes += chunk.length;
      if (bytes > max) return spoiled(`the answer is over ${max} bytes`);
      chunks.push(chunk);
    },
    end() {
      const text = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8');
      const found = json ? parsed(text) : undefined;
      const speaks = status === 200 || (found?.['error'] !== undefined && !(status === 404 && sessionful));
      if (found && speaks) message(found, bytes);
      if (status === 202) return { kind: 'accepted' };
      if (status !== 200) return { kind: 'status', status, text: text.slice(0, 300) };
      return {
        kind: 'garbage',
        detail: found ? 'the answer is to another request' : `the answer is not JSON (${contentType.slice(0, 100) || 'no content type'})`,
      };
    },
    broken: () => undefined,
  };
}

/** Chooses by content type. */
export function openBody(options: BodyOptions): Body {
  return options.status === 200 && options.contentType.startsWith('text/event-stream') ? eventBody(options) : wholeBody(options);
}
