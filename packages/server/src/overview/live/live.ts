import type { Topic } from '@trapkey/contract/api/live.ts';
import { HttpRefusal } from '../../kernel/http.ts';
import type { Sessions, Signed } from '../../kernel/sessions.ts';
import { hasAny, lookers } from '../../kernel/sight.ts';
import type { Mark, News, openNews } from './read.ts';

const ofOnePersonMax = 6;
const ofAllMax = 500;
const lookEveryMs = 1_000;
/** What comes in between is told together. */
const togetherMs = 250;
const heartbeatMs = 15_000;
/** Who hears only that something changed hears it no faster than this. */
const quietMs = 3_000;

/** Tells browsers what is new, as long as their session lasts. */
export interface Live {
  /** Lines of server-sent events. */
  follow(signed: Signed, gone: AbortSignal): AsyncIterable<string>;
  close(): void;
}

interface Listener {
  readonly signed: Signed;
  readonly tell: (news: News) => void;
  readonly beat: () => void;
  readonly end: () => void;
}

/** One look at the database for everybody who listens; none while nobody does. */
export function openLive(parts: {
  readonly news: ReturnType<typeof openNews>;
  readonly sessions: Pick<Sessions, 'look'>;
  readonly watch: (onChange: () => void) => () => void;
}): Live {
  const listeners = new Set<Listener>();
  const pulse = pulseOf(parts, listeners);
  return {
    follow(signed, gone) {
      const own = [...listeners].filter((one) => one.signed.who.person === signed.who.person).length;
      if (own >= ofOnePersonMax || listeners.size >= ofAllMax)
        throw new HttpRefusal(
          429,
          'limit_reached',
          'Too many pages listen already. This one is not told by itself.',
          'Close some of them.',
        );
      return listening(signed, gone, (listener) => {
        listeners.add(listener);
        if (listeners.size === 1) pulse.start();
        return () => {
          listeners.delete(listener);
          if (listeners.size === 0) pulse.stop();
        };
      });
    },
    close() {
      for (const one of listeners) one.end();
    },
  };
}

function pulseOf({ news, sessions, watch }: Parameters<typeof openLive>[0], listeners: ReadonlySet<Listener>) {
  let mark: Mark | undefined;
  let looking = false;
  let due: ReturnType<typeof setTimeout> | undefined;
  let ends: (() => void)[] = [];
  const look = async () => {
    due = undefined;
    if (looking) return soon();
    looking = true;
    try {
      const step = mark === undefined ? { at: await news.now(), news: {} } : await news.since(mark);
      mark = step.at;
      for (const one of listeners) {
        const signed = await sessions.look(one.signed);
        if (signed) one.tell(forWhom(step.news, signed));
        else one.end();
      }
    } catch {
      // What could not be read is in the next step.
    } finally {
      looking = false;
    }
  };
  const soon = () => {
    due ??= setTimeout(() => void look(), togetherMs);
    due.unref();
  };
  return {
    start() {
      mark = undefined;
      const looks = setInterval(soon, lookEveryMs).unref();
      const beats = setInterval(() => {
        for (const one of listeners) one.beat();
      }, heartbeatMs).unref();
      ends = [watch(soon), () => clearInterval(looks), () => clearInterval(beats)];
      void look();
    },
    stop() {
      clearTimeout(due);
      due = undefined;
      for (const end of ends.splice(0)) end();
    },
  };
}

/** How much is new is for who may see everybody's; others hear that what is theirs may have changed. */
function forWhom(news: News, { who }: Signed): News {
  if (hasAny(lookers, who)) return news;
  const shown: Partial<Record<Topic, number>> = {};
  const counted = hasAny(['approver'], who);
  for (const topic of ['approvals', 'stops', 'runs', 'catalog', 'alerts', 'batches'] as const)
    if (news[topic] !== undefined) shown[topic] = counted && topic === 'approvals' ? news[topic] : 0;
  return shown;
}

async function* listening(signed: Signed, gone: AbortSignal, join: (listener: Listener) => () => void): AsyncGenerator<string> {
  const waiting = new Map<Topic, number>();
  let beat = false;
  let over = false;
  let wake = () => {};
  const quiet = !hasAny([...lookers, 'approver'], signed.who);
  const end = () => {
    over = true;
    wake();
  };
  gone.addEventListener('abort', end, { once: true });
  const leave = join({
    signed,
    end,
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
    yield ': listening\n\n';
    while (!over && !gone.aborted) {
      if (!beat && waiting.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (over || gone.aborted) return;
      const lines = [...waiting].map(([topic, count]) => `data: ${JSON.stringify({ topic, count })}\n\n`);
      waiting.clear();
      yield lines.length > 0 ? lines.join('') : ': still here\n\n';
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
