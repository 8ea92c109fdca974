import type { Topic } from '@trapkey/contract/api/live.ts';
import { HttpRefusal } from '../../kernel/http.ts';
import type { Sessions, Signed } from '../../kernel/sessions.ts';
import { hasAny, lookers } from '../../kernel/sight.ts';
import { type Listener, listening } from './listening.ts';
import type { Mark, News, openNews } from './read.ts';

const ofOnePersonMax = 6;
const ofAllMax = 500;
const lookEveryMs = 1_000;
/** What comes in between is told together. */
const togetherMs = 250;
const heartbeatMs = 15_000;

/** Tells browsers what is new, as long as their session lasts. */
export interface Live {
  /** Lines of server-sent events; `cut` breaks them off for who does not read them. */
  follow(signed: Signed, gone: AbortSignal, cut: () => void): AsyncIterable<string>;
  close(): void;
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
    follow(signed, gone, cut) {
      const own = [...listeners].filter((one) => one.signed.who.person === signed.who.person).length;
      if (own >= ofOnePersonMax || listeners.size >= ofAllMax)
        throw new HttpRefusal(
          429,
          'limit_reached',
          'Too many pages listen already. This one is not told by itself.',
          'Close some of them.',
        );
      return listening({ signed, gone, cut }, (listener) => {
        listeners.add(listener);
        if (listeners.size === 1) pulse.start();
        return () => {
          if (listeners.delete(listener) && listeners.size === 0) pulse.stop();
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
      const asked = [...listeners];
      const open = await sessions.look(asked.map(({ signed }) => signed));
      // Whoever came in between is told with the next step: this one says nothing of their session.
      for (const one of asked) {
        const signed = open.get(one.signed.hash);
        if (signed) one.tell(forWhom(step.news, signed));
        else one.end();
      }
      mark = step.at;
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
  for (const topic of ['approvals', 'stops', 'runs', 'catalog', 'alerts', 'batches'] as const)
    if (news[topic] !== undefined) shown[topic] = 0;
  return shown;
}
