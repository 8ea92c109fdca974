import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Config } from './config.ts';
import type { RunWaits } from './runs/worker.ts';
import { canary } from './stages/contain/rehearsal/canary.ts';
import { openStore, type Store } from './wire.ts';
import { openSignals } from './wire-alerts.ts';
import { policyWithCanary } from './wire-canary.ts';
import { openDeciding } from './wire-deciding.ts';
import { type FirstStart, firstStart } from './wire-first.ts';
import { openFront, startTelling } from './wire-front.ts';
import { governed } from './wire-governed.ts';
import { advertise, cannotListen } from './wire-reach.ts';
import { serveRehearsals } from './wire-rehearsal.ts';
import { type RunWitness, runWitness } from './wire-runs.ts';
import { servedPolicy } from './wire-served-policy.ts';
import { startWork } from './wire-work.ts';

export interface ServeOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who is enrolled as the first administrator when nobody is; absent where nobody could be shown the code. */
  readonly administrator?: string;
  /** How this program is started, for the bridge that a rehearsal measures. */
  readonly command?: readonly string[];
  /** Hears of every entry after it is durable. */
  readonly onWritten: (entries: readonly EntryFields[]) => void;
  /** How long calls and telemetry wait for each other. */
  readonly runWaits?: RunWaits;
  /** Hears of what a person should look at. */
  readonly alarm: (says: string) => void;
}

/** A gateway that serves. */
export interface Serving extends FirstStart {
  readonly url: string;
  readonly plugins: readonly string[];
  close(): Promise<void>;
}

/** Starts the gateway: store, policy, deciding, background work, then the door. */
export async function serve(options: ServeOptions): Promise<Serving> {
  // The record is heard of from the first entry on, before there is anything that joins calls to what telemetry tells.
  const heard: { runs?: RunWitness } = {};
  const onWritten: ServeOptions['onWritten'] = (entries) => {
    options.onWritten(entries);
    heard.runs?.note(entries);
  };
  const store = await openStore(options.config, { onWritten });
  const opened: (() => Promise<unknown>)[] = [() => store.close()];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    return { ...(await serveFrom(store, options, opened, heard)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `opened` gets what must be ended, in the order in which it was opened. */
async function serveFrom(
  store: Store,
  options: ServeOptions,
  opened: (() => Promise<unknown>)[],
  heard: { runs?: RunWitness },
): Promise<Omit<Serving, 'close'>> {
  const { config } = options;
  const signals = openSignals(store, options.alarm);
  const { alarm, raise } = signals;
  let published = () => {};
  const policy = policyWithCanary(await governed((people) => servedPolicy({ ...options, alarm }, store, people, () => published()), store));
  const deciding = await openDeciding(config, store, policy, alarm);
  opened.push(() => deciding.upstreams.close());
  const runs = runWitness({
    ...{ store, policy, raise, waits: options.runWaits },
    ...{ trees: deciding.witnesses.trees, spend: deciding.limits.settleSpend },
  });
  heard.runs = runs;
  let url = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const opening = { config, env: options.env, store, policy, deciding, runs, publicUrl: () => url, alarm, raise };
  const { gateway, access, rejections, signIn, overview, rehearsalToken } = openFront(opening);
  const work = await startWork({ alarm, store, policy, deciding, gateway, access });
  opened.push(work.stop, rejections.stop, ...startTelling({ ...opening, queue: signals.queue }), runs.start());
  published = work.published;
  const listening = await gateway.listen(config.host, config.port).catch((error: unknown) => cannotListen(error, config));
  opened.push(gateway.close, async () => overview.close());
  opened.push(
    serveRehearsals({ store, stops: deciding.stops, url: listening.url, token: rehearsalToken, command: options.command, alarm }),
  );
  url = config.publicUrl ?? listening.url;
  opened.push(await advertise(config, url, alarm));
  // Last, because the code is shown once: a start that fails must not have used it up.
  const first = await firstStart({ store, policy, signIn, url }, options.administrator);
  return { url, plugins: [...policy.current().plugins.keys()].filter((id) => id !== canary.plugin), ...first };
}
