import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { openAccess } from './access/intake.ts';
import { openPeople } from './access/people/act.ts';
import { openTokens } from './access/tokens/act.ts';
import { startAccess } from './access/worker.ts';
import { watchCatalog } from './catalog/worker.ts';
import type { Config } from './config.ts';
import { keepRecord } from './effects/record/worker.ts';
import { openGateway } from './gateway/gateway.ts';
import { defaultLimits } from './gateway/limits.ts';
import { countRejections } from './gateway/rejections.ts';
import { gatewayTexts } from './gateway/texts.ts';
import { UserError } from './kernel/errors.ts';
import type { Enrolled } from './kernel/people.ts';
import type { Issued } from './kernel/tokens.ts';
import { type OpenPolicy, openPolicy } from './policy/open.ts';
import { followPolicy } from './policy/worker.ts';
import { watchStops } from './stages/contain/worker.ts';
import { tendTickets } from './stages/gate/worker.ts';
import { openStore, type Store } from './wire.ts';
import { openDeciding } from './wire-deciding.ts';

/** How long an executing ticket of another process may be out before it counts as abandoned. */
const abandonedAfterMs = 10 * 60_000;

export interface ServeOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who is enrolled as the first administrator when nobody is. */
  readonly administrator: string;
  /** Hears of every entry after it is durable. */
  readonly onWritten: (entries: readonly EntryFields[]) => void;
  /** Hears of what a person should look at. */
  readonly alarm: (says: string) => void;
}

/** A gateway that serves. */
export interface Serving {
  readonly url: string;
  /** Set at the first start: the administrator's code, shown once. */
  readonly enrolled: Enrolled | undefined;
  /** Tokens for the person who was enrolled just now; only at the first start, and only for them. */
  firstTokens(plugin: string): Promise<readonly Issued[]>;
  readonly plugins: readonly string[];
  close(): Promise<void>;
}

/** Starts the gateway: store, policy, deciding, background work, then the door. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { config, env, alarm } = options;
  const store = await openStore(config, options);
  const { database, recorder, clock, keys } = store;
  const people = openPeople({ database, recorder, clock });
  const enrolled = (await people.list()).length === 0 ? await people.enrollFirst(options.administrator) : undefined;
  const policy = await openPolicy({
    database,
    recorder,
    env,
    clock,
    folder: config.policyFolder,
    onAlarm: ({ says, problems }) => alarm([says, ...problems.map((one) => `  ${one.file}:${one.line}: ${one.says}`)].join('\n')),
    onPublished: (says) => alarm(says),
  });
  const deciding = await openDeciding(config, store, policy);
  await deciding.tickets.closeAbandoned((await database.claim()) ? 0 : abandonedAfterMs);
  let url = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const access = openAccess({ database, keys, policy: policy.current, clock, oidc: config.oidc, publicUrl: () => url });
  const rejections = countRejections({ recorder, clock, policy: () => policy.current().digest });
  const gateway = openGateway({
    rejected: rejections.rejected,
    handle: deciding.handle,
    offer: deciding.offer,
    authenticate: access.authenticate,
    resourceMetadata: access.resourceMetadata,
    config: {
      ...defaultLimits,
      hosts: hostsOf(config),
      ...(config.heldWaitMs !== undefined && { heldWaitMs: { '*': config.heldWaitMs } }),
    },
    clock,
    log: (message, detail) =>
      alarm(detail === undefined ? message : `${message}: ${detail instanceof Error ? detail.message : String(detail)}`),
    texts: gatewayTexts({ ticket: (id) => `${url}/t/${id}`, ask: ({ rule }) => `${url}/ask?rule=${encodeURIComponent(rule)}` }),
    waitTicket: deciding.tickets.wait,
  });
  const work = await startWork({ options, store, policy, deciding, gateway, access });
  const listening = await gateway.listen(config.host, config.port).catch((error: unknown) => cannotListen(error, config));
  url = config.publicUrl ?? listening.url;
  await writeFile(join(config.data, 'url'), url, { mode: 0o600 });
  return {
    url,
    enrolled,
    plugins: [...policy.current().plugins.keys()],
    firstTokens: (plugin) => {
      if (!enrolled) throw new Error('first tokens are issued at the first start only');
      const tokens = openTokens({ database, recorder, keys, policy: policy.current, clock });
      return tokens.issue({ plugin, by: { setup: enrolled.person } });
    },
    async close() {
      await rm(join(config.data, 'url'), { force: true });
      await gateway.close();
      await rejections.stop();
      await work.stop();
      await deciding.upstreams.close();
      await store.close();
    },
  };
}

interface Working {
  readonly options: ServeOptions;
  readonly store: Store;
  readonly policy: OpenPolicy;
  readonly deciding: Awaited<ReturnType<typeof openDeciding>>;
  readonly gateway: ReturnType<typeof openGateway>;
  readonly access: ReturnType<typeof openAccess>;
}

/** Background work, in the order in which it must be ready before the door opens. */
async function startWork({ options, store, policy, deciding, gateway, access }: Working): Promise<{ stop(): Promise<void> }> {
  const { alarm } = options;
  const { database, recorder, clock } = store;
  const { stops, tickets, pinned, upstreams, catalog } = deciding;
  const record = await keepRecord({ database, recorder, keys: store.keys, clock, alarm });
  const connections = (): readonly string[] =>
    [...policy.current().connections.values()].filter(({ upstream }) => upstream !== undefined).map(({ id }) => id);
  const watching = watchCatalog({
    catalog,
    pinned,
    connections,
    definitions: upstreams.definitions,
    watch: database.watch,
    unreachable: (connection, says) => alarm(`Connection ${connection} could not be looked at: ${says}. What was pinned before stays.`),
  });
  upstreams.onChanged((change) => {
    if (change.kind === 'resource') gateway.notifyResourceUpdated(change.connection, change.uri ?? '', change.person);
    else {
      watching.lookSoon(change.connection);
      gateway.notifyListChanged(change.connection, change.kind);
    }
  });
  const accessWork = startAccess({ access, recorder, clock, alarm });
  const unwatchAccess = database.watch(() => void access.refresh().catch(() => undefined));
  const unwatchStops = watchStops({ stops, watch: database.watch });
  const untend = tendTickets({ tickets, watch: database.watch });
  const following = followPolicy({ policy, database, onError: (error) => alarm(`The policy could not be looked at: ${String(error)}`) });
  const idle = setInterval(() => upstreams.closeIdle(), 30_000);
  idle.unref();
  await Promise.all([watching.lookAtAll(), accessWork.ready]);
  return {
    async stop() {
      clearInterval(idle);
      watching.stop();
      unwatchAccess();
      unwatchStops();
      untend();
      await following.stop();
      await accessWork.stop();
      await record.stop();
    },
  };
}

function hostsOf(config: Config): readonly string[] {
  const own = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).hostname];
  return [...own, ...config.allowedHosts];
}

function cannotListen(error: unknown, { host, port }: Config): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') throw new UserError(`Port ${port} of ${host} is in use, so nothing was started.`, 'Choose another with --port (0 for any free one), or stop what uses it.');
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') throw new UserError(`Port ${port} of ${host} cannot be listened on (${code}), so nothing was started.`, 'Choose others with --host and --port.');
  throw error;
}
