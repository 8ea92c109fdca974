import type { Topic } from '@trapkey/contract/api/live.ts';
import type { Signed } from '../../kernel/sessions.ts';
import { hasAny, lookers } from '../../kernel/sight.ts';
import type { News } from './read.ts';

/** Who hears only that something changed hears it no faster than this. */
const quietMs = 3_000;

/** One page that is told. */
export interface Listener {
  readonly signed: Signed;
  readonly tell: (news: News) => void;
  readonly beat: () => void;
  readonly end: () => void;
}

interface Following {
  readonly signed: Signed;
  readonly gone: AbortSignal;
  readonly cut: () => void;
}

/** What one page is told, as lines of server-sent events, from when they are first asked for until it is over. */
export async function* listening({ signed, gone, cut }: Following, join: (listener: Listener) => () => void): AsyncGenerator<string> {
  const waiting = new Map<Topic, number>();
  let beat = false;
  let over = false;
  let unread = false;
  let wake = () => {};
  const quiet = !hasAny(lookers, signed.who);
  gone.addEventListener('abort', () => wake(), { once: true });
  const leave = join({
    signed,
    end() {
      over = true;
      leave();
      if (unread) cut();
      else wake();
    },
    beat() {
      beat = true;
      wake();
    },
    tell(news) {
      for (const [topic, count] of Object.entries(news)) waiting.set(topic as Topic, (waiting.get(topic as Topic) ?? 0) + count);
      if (waiting.size > 0) wake();
    },
  });
  try {
    unread = true;
    yield ': listening\n\n';
    unread = false;
    while (!over && !gone.aborted) {
      if (!beat && waiting.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (over || gone.aborted) return;
      const lines = [...waiting].map(([topic, count]) => `data: ${JSON.stringify({ topic, count })}\n\n`);
      waiting.clear();
      unread = true;
      yield lines.length > 0 ? lines.join('') : ': still here\n\n';
      unread = false;
      beat = false;
      if (quiet) await pause(quietMs, gone);
    }
  } finally {
    leave();
  }
}

function pause(ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(finish, ms);
    gone.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      gone.removeEventListener('abort', finish);
      done();
    }
  });
}
