import type { Context } from 'hono';
import { RecordUnavailable, UserError } from '../kernel/errors.ts';
import { html } from '../kernel/html.ts';
import { type Answer, type Asked, HttpRefusal } from '../kernel/http.ts';
import type { Cookies } from './cookies.ts';
import { layout } from './layout.ts';

type Status = 200 | 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503;
type Viewer = Pick<Asked<unknown>, 'signed' | 'csrf'>;

/** Sends what a route answered with. */
export function send(context: Context, answer: Answer, cookies: Cookies, viewer: Viewer): Response {
  if ('begun' in answer && answer.begun) cookies.setSession(answer.begun.token);
  if ('json' in answer) return context.json(answer.json as object, (answer.status ?? 200) as Status);
  if ('page' in answer)
    return context.html(layout({ title: answer.title, main: answer.page, ...viewer }).html, (answer.status ?? 200) as Status);
  if ('file' in answer) {
    context.header('content-disposition', attachment(answer.name));
    return context.body(answer.file, 200, { 'content-type': `${answer.type}; charset=utf-8` });
  }
  if ('stream' in answer) {
    // Whoever stands between may neither keep nor gather what is told as it happens.
    context.header('x-accel-buffering', 'no');
    if (answer.name !== undefined) context.header('content-disposition', attachment(answer.name));
    const type = { 'content-type': `${answer.type ?? 'text/event-stream'}; charset=utf-8` };
    // Who asks only for the head reads nothing of it, and nobody would notice when they are gone.
    if (context.req.method === 'HEAD') return context.body(null, 200, type);
    return context.body(streamed(answer.stream), 200, type);
  }
  if ('asset' in answer) {
    context.header('cache-control', 'public, max-age=3600');
    return context.body(answer.asset, 200, { 'content-type': `${answer.type}; charset=utf-8` });
  }
  if (answer.signedOut) cookies.endSession();
  if (answer.keep) cookies.keep(answer.keep.name, answer.keep.value);
  return context.redirect(answer.location, 303);
}

function attachment(name: string): string {
  return `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`;
}

function streamed(open: Extract<Answer, { stream: unknown }>['stream']): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  let given: ReadableStreamDefaultController<Uint8Array> | undefined;
  const leave = () => {
    gone.abort();
    // One that waits for its text to be read does not hear the signal.
    texts.return?.().catch(() => undefined);
  };
  const cut = () => {
    given?.error(new Error('it was broken off'));
    leave();
  };
  const texts = open(gone.signal, cut)[Symbol.asyncIterator]();
  const bytes = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      given = controller;
    },
    async pull(controller) {
      const next = await texts.next();
      if (gone.signal.aborted) return;
      if (next.done) controller.close();
      else controller.enqueue(bytes.encode(next.value));
    },
    cancel: leave,
  });
}

/** A refusal as the asker reads it: the same words as JSON or as a page. */
export function sendRefusal(context: Context, refusal: HttpRefusal, viewer: Viewer): Response {
  const { status, reason, message, next } = refusal;
  if (status === 429) context.header('retry-after', '5');
  if (context.req.path.startsWith('/api/')) return context.json({ code: reason, says: message, next: next ?? null }, status);
  const main = html`<h1>${titles[status] ?? 'That did not work'}</h1>
    <p class="lead">${message}</p>
    ${next !== undefined && html`<p>${next}</p>`}
    <p><a href="/approvals">What waits for a decision</a></p>`;
  return context.html(layout({ title: titles[status] ?? 'Not done', main, ...viewer }).html, status);
}

/** Everything that went wrong as a refusal with words; what nobody expected says only that nothing was done. */
export function refusalOf(error: unknown): HttpRefusal | undefined {
  if (error instanceof HttpRefusal) return error;
  if (error instanceof UserError) return new HttpRefusal(409, 'refused', error.message, error.next);
  if (error instanceof RecordUnavailable) {
    return new HttpRefusal(503, 'record_unavailable', 'The record cannot be written, so nothing was changed.', 'Try again in a moment.');
  }
  return undefined;
}

const titles: Readonly<Record<number, string>> = {
  401: 'Not signed in',
  403: 'Not for you',
  404: 'Nothing here',
  405: 'Not like that',
  409: 'Nothing was changed',
  413: 'Too large',
  429: 'Too many at once',
  503: 'Not now',
};
