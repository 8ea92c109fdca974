import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../kernel/clock.ts';
import type { Recorder } from '../kernel/recorder.ts';
import type { Caller, Rejection } from './doors.ts';

const flushEveryMs = 1_000;
/** Different kinds of rejection that are told apart between two flushes; the rest count as one. */
const kindsMax = 512;

interface Counted {
  readonly caller: Caller;
  readonly about: Partial<EntryFields>;
  readonly firstMs: number;
  count: number;
}

/** Requests of known callers that never became a call. */
export interface Rejections {
  readonly rejected: (rejection: Rejection) => void;
  /** Questions about the caller's own tickets, which Trapkey answers itself. */
  readonly asked: (caller: Caller, what: string) => void;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Writes them as one entry a second for each credential, endpoint and code, so that a broken client cannot fill the record. */
export function countRejections({
  recorder,
  clock,
  policy,
}: {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => string;
}): Rejections {
  let counted = new Map<string, Counted>();
  let running = Promise.resolve();
  const once = async (): Promise<void> => {
    if (counted.size === 0) return;
    const taken = counted;
    counted = new Map();
    try {
      await recorder.commit({ entries: [...taken.values()].map((one) => entryOf(one, policy())) });
    } catch {
      // The recorder is not available: calls are refused for that, and these counts wait for the next flush.
      for (const [key, one] of taken) if (counted.size < kindsMax) counted.set(key, one);
    }
  };
  const flush = (): Promise<void> => {
    running = running.then(once);
    return running;
  };
  const count = (caller: Caller, about: Partial<EntryFields>, kind: string): void => {
    const own = `${caller.credential.id} ${caller.path} ${kind}`;
    const key = counted.has(own) || counted.size < kindsMax ? own : 'others';
    const known = counted.get(key);
    if (known) known.count++;
    else counted.set(key, { caller, about, firstMs: clock(), count: 1 });
  };
  const timer = setInterval(() => void flush(), flushEveryMs);
  timer.unref();
  return {
    rejected: ({ caller, code, says }) => count(caller, { verdict: 'deny', code, rule: 'gateway/input', detail: ledgerWords(says) }, code),
    asked: (caller, what) => count(caller, { verdict: 'allow', code: 'allowed', rule: 'gateway/own-tools', tool: what }, what),
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}

/** What was wrong, without what the caller wrote: its keys, names and versions are told to it, and stand in no entry. */
function ledgerWords(says: string): string {
  const [what = ''] = says.split(/: |; /);
  return what
    .replace(/^(?:argument|the header) .*/s, 'Headers and body disagree')
    .replace(/^Protocol version .*/s, 'The protocol version is not spoken here')
    .replace(/^Invalid params.*/s, 'Invalid params')
    .slice(0, 200);
}

function entryOf({ caller, about, firstMs, count }: Counted, policy: string): EntryFields {
  const { endpoint, credential } = caller;
  return {
    timestamp: rfc3339(firstMs),
    kind: 'decided',
    actor: credential.client,
    on_behalf_of: credential.person,
    plugin: `${endpoint.plugin}@${endpoint.version}`,
    connector: endpoint.connector,
    policy,
    count,
    assurance: { on_behalf_of: credential.assurance.person },
    ...about,
  };
}
