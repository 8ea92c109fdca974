const lostEveryMs = 100;

/** What a poll of a database answers: the same text while nothing changed. */
export type Marks = () => string | Promise<string>;

/**
 * Calls back when stops, policies or tickets changed, also from another process; and at every look while the database
 * cannot be read, so that whoever fails closed learns of it. Where the first answer takes its time, that calls back too: a change
 * since the call is never missed.
 */
export function poll(marks: Marks, onChange: () => void, intervalMs: number): { readonly look: () => void; readonly stop: () => void } {
  let last: string | undefined;
  let looking = false;
  let stopped = false;
  let again = false;
  let toldMs = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    again = looking;
    if (looking || stopped) return;
    looking = true;
    let now: string | undefined;
    let late = false;
    try {
      const answer = marks();
      // What was committed while the first answer was on its way may be in it, and nobody was told.
      late = last === undefined && typeof answer !== 'string';
      now = await answer;
    } catch {
      now = undefined;
    }
    looking = false;
    // What cannot be read is told again and again, but not faster than anybody can do something about it.
    const lost = now === undefined && performance.now() - toldMs >= lostEveryMs;
    if (lost) toldMs = performance.now();
    const changed = lost || (now !== undefined && (late || (last !== undefined && now !== last)));
    last = now ?? '';
    if (changed && !stopped) onChange();
    // What was committed during the look may not be in it.
    if (again) void look();
  };
  const timer = setInterval(look, intervalMs);
  timer.unref();
  void look();
  return {
    look: () => void look(),
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/** One poll for all who watch the same database. */
export interface Watching {
  readonly watch: (onChange: () => void) => () => void;
  readonly look: () => void;
  readonly stop: () => void;
}

/** What tells of changes sooner than the next look: calls `look` at each; returns how to end it. */
export type Wakened = (look: () => void) => () => void;

/** Opens it; it polls, and is wakened, only while somebody watches. */
export function watchMarks(marks: Marks, intervalMs: number, wakened: Wakened = () => () => undefined): Watching {
  const watchers = new Set<() => void>();
  let polling: ReturnType<typeof poll> | undefined;
  let sleep = () => {};
  const tell = () => {
    for (const onChange of watchers) onChange();
  };
  const stop = () => {
    sleep();
    polling?.stop();
    polling = undefined;
  };
  const start = () => {
    const started = poll(marks, tell, intervalMs);
    sleep = wakened(started.look);
    return started;
  };
  return {
    stop,
    look: () => polling?.look(),
    watch(onChange) {
      // A function of its own: the same one may watch twice.
      const watcher = () => onChange();
      watchers.add(watcher);
      polling ??= start();
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) stop();
      };
    },
  };
}
