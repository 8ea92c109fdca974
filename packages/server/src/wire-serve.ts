import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { openAccess } from './access/intake.ts';
import { selfProof } from './access/self.ts';
import { openTokens } from './access/tokens/act.ts';
import type { Config } from './config.ts';
import { openGateway } from './gateway/gateway.ts';
import { defaultLimits } from './gateway/limits.ts';
import { countRejections } from './gateway/rejections.ts';
import { gatewayTexts } from './gateway/texts.ts';
import type { Alarm } from './kernel/alerts.ts';
import { UserError } from './kernel/errors.ts';
import type { Enrolled, People } from './kernel/people.ts';
import type { Issued } from './kernel/tokens.ts';
import { type OpenPolicy, openPolicy } from './policy/open.ts';
import type { RunWaits } from './runs/worker.ts';
import { canary } from './stages/contain/rehearsal/canary.ts';
import { openStore, type Store } from './wire.ts';
import { openSignals, startObserving } from './wire-alerts.ts';
import { approvalsOver } from './wire-approvals.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { policyWithCanary, rehearsalCredential } from './wire-canary.ts';
import { openDeciding } from './wire-deciding.ts';
import { startDelivery } from './wire-messages.ts';
import { openPages, openSignIn } from './wire-pages.ts';
import { serveRehearsals } from './wire-rehearsal.ts';
import { type RunWitness, runWitness } from './wire-runs.ts';
import { runTickets, ticketSide } from './wire-waiting.ts';
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
export interface Serving {
  readonly url: string;
  /** Set at the first start: the administrator's code, shown once. */
  readonly enrolled: Enrolled | undefined;
  /** With it: an address that signs them in once, on whichever screen. */
  readonly signInUrl: string | undefined;
  /** Tokens for the person who was enrolled just now; only at the first start, and only for them. */
  firstTokens(plugin: string): Promise<readonly Issued[]>;
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
  const { database, recorder, clock, keys } = store;
  const { queue, raise, alarm } = openSignals(store, options.alarm);
  let published = () => {};
  const policy = policyWithCanary(await servedPolicy({ ...options, alarm }, store, () => published()));
  const rehearsing = rehearsalCredential();
  const deciding = await openDeciding(config, store, policy, alarm);
  opened.push(() => deciding.upstreams.close());
  const runs = runWitness({
    store,
    policy,
    trees: deciding.witnesses.trees,
    spend: deciding.limits.settleSpend,
    raise,
    waits: options.runWaits,
  });
  heard.runs = runs;
  let url = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const access = openAccess({ database, keys, policy: policy.current, clock, oidc: config.oidc, publicUrl: () => url });
  const rejections = countRejections({ recorder, clock, policy: () => policy.current().digest });
  const log = (message: string, detail?: unknown) =>
    alarm(detail === undefined ? message : `${message}: ${detail instanceof Error ? detail.message : String(detail)}`);
  const approvals = approvalsOver({
    store,
    policy,
    judge: deciding.judge,
    stops: deciding.stops,
    announce: deciding.announce,
    alarm: (says) => alarm(says, 'no alert'),
  });
  const signIn = openSignIn(config, store, policy.current);
  const links = linksOf(() => url);
  const gateway = openGateway({
    otherwise: openPages({
      config,
      store,
      policy: policy.current,
      approvals,
      limits: deciding.limits,
      stops: deciding.stops,
      signIn,
      publicUrl: () => url,
      log,
    }),
    rejected: rejections.rejected,
    handle: deciding.handle,
    offer: deciding.offer,
    hooks: { ...deciding.hooks, raise },
    telemetry: runs.telemetry,
    authenticate: rehearsing.wrap(access.authenticate),
    resourceMetadata: access.resourceMetadata,
    config: {
      ...defaultLimits,
      hosts: hostsOf(config),
      ...(config.heldWaitMs !== undefined && { heldWaitMs: config.heldWaitMs }),
    },
    clock,
    log,
    texts: gatewayTexts(links),
    tickets: ticketSide({ store, policy, deciding, links, counted: rejections.asked }),
    proveSelf: selfProof(keys),
    clientWaits: () => policy.current().organization.waitsMs ?? {},
  });
  const work = await startWork({ alarm, store, policy, deciding, gateway, access });
  opened.push(
    work.stop,
    rejections.stop,
    runTickets({ store, deciding, policy, alarm }),
    startDelivery({
      store,
      policy,
      link: (path) => `${url}${path}`,
      alarm: (says) => alarm(says, 'no alert'),
      raise,
      buttons: config.slackSigningSecret !== undefined,
    }),
    startObserving({ store, policy, queue }),
    runs.start(),
  );
  published = work.published;
  const listening = await gateway.listen(config.host, config.port).catch((error: unknown) => cannotListen(error, config));
  opened.push(gateway.close);
  opened.push(
    serveRehearsals({ store, stops: deciding.stops, url: listening.url, token: rehearsing.token, command: options.command, alarm }),
  );
  url = config.publicUrl ?? listening.url;
  opened.push(await advertise(config, url, alarm));
  // Last, because the code is shown once: a start that fails must not have used it up.
  const first = await firstStart({ store, policy, signIn, url }, options.administrator);
  return { url, plugins: [...policy.current().plugins.keys()].filter((id) => id !== canary.plugin), ...first };
}

/** Where people look at a ticket, and ask for access. */
function linksOf(url: () => string) {
  return {
    ticket: (id: string) => `${url()}/t/${id}`,
    ask: ({ rule }: { readonly rule: string }) => `${url()}/ask?rule=${encodeURIComponent(rule)}`,
  };
}

/** The policy that runs, and whom to tell when another does. */
async function servedPolicy(
  { config, env, alarm }: Pick<ServeOptions, 'config' | 'env'> & { readonly alarm: Alarm },
  store: Store,
  published: () => void,
): Promise<OpenPolicy> {
  const { database, recorder, clock } = store;
  return await openPolicy({
    database,
    recorder,
    env,
    clock,
    folder: config.policyFolder,
    grants: liveGrantsOf(store),
    onAlarm: ({ says, problems }) =>
      alarm(
        [says, ...problems.map((one) => `  ${one.file}:${one.line}: ${one.says}`)].join('\n'),
        // A folder that does not check leaves an entry, which is read for the alert.
        problems.length > 0 ? 'no alert' : { kind: 'policy_refused', scope: 'policy of a node' },
      ),
    onPublished: (says) => {
      alarm(says, 'no alert');
      published();
    },
  });
}

/** Writes down where clients reach the gateway, for commands on this machine; gives how to take it back. */
async function advertise(config: Config, url: string, alarm: Alarm): Promise<() => Promise<void>> {
  const hidden = config.publicUrl === undefined && !['127.0.0.1', 'localhost', '::1'].includes(config.host);
  if (hidden) alarm(`Clients are told ${url}; set --public-url to the https address under which they really reach it.`, 'no alert');
  const urlFile = join(config.data, 'url');
  await writeFile(urlFile, url, { mode: 0o600 });
  return () => rm(urlFile, { force: true });
}

/** What only the first start gives: the administrator's code, a link that signs them in, tokens for them. */
async function firstStart(
  { store, policy, signIn, url }: { store: Store; policy: OpenPolicy; signIn: ReturnType<typeof openSignIn>; url: string },
  administrator: string | undefined,
): Promise<Pick<Serving, 'enrolled' | 'signInUrl' | 'firstTokens'>> {
  const enrolled = await enrollFirst(signIn.people, administrator);
  const { database, recorder, keys, clock } = store;
  return {
    enrolled,
    signInUrl: enrolled && `${url}${(await signIn.links.make({ setup: enrolled.person })).path}`,
    firstTokens: (plugin) => {
      if (!enrolled) throw new Error('first tokens are issued at the first start only');
      const tokens = openTokens({ database, recorder, keys, policy: policy.current, clock });
      return tokens.issue({ plugin, by: { setup: enrolled.person } });
    },
  };
}

/** Nobody twice: of nodes that start together, one enrolls. */
async function enrollFirst(people: People, administrator: string | undefined): Promise<Enrolled | undefined> {
  if (administrator === undefined || (await people.list()).length > 0) return undefined;
  try {
    return await people.enrollFirst(administrator);
  } catch (error) {
    if ((await people.list()).length > 0) return undefined;
    throw error;
  }
}

function hostsOf(config: Config): readonly string[] {
  const own = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).hostname];
  return [...own, ...config.allowedHosts];
}

function cannotListen(error: unknown, { host, port }: Config): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE')
    throw new UserError(
      `Port ${port} of ${host} is in use, so nothing was started.`,
      'Choose another with --port (0 for any free one), or stop what uses it.',
    );
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    throw new UserError(
      `Port ${port} of ${host} cannot be listened on (${code}), so nothing was started.`,
      'Choose others with --host and --port.',
    );
  throw error;
}
