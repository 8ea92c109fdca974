import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Dispatcher, Pool } from 'undici';
import { type Body, type Ended, openBody } from './body.ts';

export interface Posting {
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly bytesMax: number;
  readonly sessionful: boolean;
  message(message: JsonObject, bytes: number): void;
  /** Once, when the request is over, unless it was stopped. */
  ended(how: Ended): void;
}

export interface Posted {
  /** True from when the request may have reached the other side. A method, as in `Exchange`. */
  started(): boolean;
  stop(): void;
  /** The answer is there: what follows is not read, and the connection is kept when the stream ends by itself soon. */
  enough(): void;
}

const lingerMs = 1_000;

/** Sends one request and parses what comes back as it comes: one JSON message, or a stream of them. Never throws. */
export function post(pool: Pool, posting: Posting): Posted {
  let controller: Dispatcher.DispatchController | undefined;
  let body: Body | undefined;
  let started = false;
  let over = false;
  let finished = false;

  function end(how: Ended): void {
    if (over) return;
    over = true;
    posting.ended(how);
  }

  function stop(): void {
    over = true;
    if (!finished) controller?.abort(new Error('stopped'));
  }

  function enough(): void {
    over = true;
    if (!finished) setTimeout(stop, lingerMs).unref();
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(starting) {
      controller = starting;
      // It was given up while it waited for a connection.
      if (over) starting.abort(new Error('stopped'));
      else started = true;
    },
    onResponseStart(_controller, status, headers) {
      if (status < 200) return;
      body = openBody({
        status,
        contentType: String(headers['content-type'] ?? ''),
        bytesMax: posting.bytesMax,
        sessionful: posting.sessionful,
        message: (message, bytes) => void (over || posting.message(message, bytes)),
        spoiled(detail) {
          end({ kind: 'garbage', detail });
          controller?.abort(new Error(detail));
        },
      });
    },
    onResponseData(_controller, chunk) {
      if (!over) body?.data(chunk);
    },
    onResponseEnd() {
      finished = true;
      end(body?.end() ?? { kind: 'garbage', detail: 'no response' });
    },
    onResponseError(_controller, error) {
      finished = true;
      const detail = `${(error as { code?: string }).code ?? error.name}: ${error.message}`.slice(0, 500);
      const broken = body?.broken();
      end(broken ?? { kind: started ? 'lost' : 'unsent', detail });
    },
  };
  try {
    pool.dispatch({ method: posting.method, path: posting.path, headers: posting.headers, body: posting.body }, handler);
  } catch (error) {
    end({ kind: 'unsent', detail: String(error).slice(0, 500) });
  }
  return {
    started: () => started,
    stop,
    enough,
  };
}
