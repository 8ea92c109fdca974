import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { openPeople } from './access/people/act.ts';
import { openRequests } from './access/requests/act.ts';
import { isOurs, type ProveSelf, selfProof } from './access/self.ts';
import { openTokens } from './access/tokens/act.ts';
import { openCatalog } from './catalog/act.ts';
import type { Config } from './config.ts';
import type { Acting } from './kernel/approvals.ts';
import { UserError } from './kernel/errors.ts';
import type { Judge } from './kernel/judge.ts';
import { openMessages } from './messages/read.ts';
import { compileBounds } from './policy/cel/bounds.ts';
import { openPolicy } from './policy/open.ts';
import { readPointer } from './policy/read.ts';
import { openGrantDesk } from './stages/gate/grants/act.ts';
import { openQuality } from './stages/gate/quality/act.ts';
import { openStore, type Store } from './wire.ts';
import { approvalsOver } from './wire-approvals.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { openDeciding } from './wire-deciding.ts';
import { type GovernedPolicy, governed } from './wire-governed.ts';
import { limitsOver } from './wire-limits.ts';
import { definitionLint } from './wire-lint.ts';
import { announceOver, tellOver } from './wire-messages.ts';
import { stopDeskOver, stopsOver } from './wire-stops.ts';
import { peopleAtTerminal } from './wire-terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Who the operating system says runs the command. */
export function claimed(): Acting {
  return { person: `os:${userInfo().username}`, assurance: 'claimed' };
}

/** The policy that runs, for a command; no command publishes the first one. */
export async function publishedPolicy(config: Config, env: Environment, store: Store): Promise<GovernedPolicy> {
  if (!(await readPointer(store.database))) {
    throw new UserError('No policy was published in this data folder yet.', 'Run `trapkey up` once, or name another folder with --data.');
  }
  const { database, recorder, clock } = store;
  const parts = { database, recorder, clock, env, folder: config.policyFolder, grants: liveGrantsOf(store) };
  return await governed((people) => openPolicy({ ...parts, people, onAlarm: () => undefined }), store);
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Where clients reach the gateway: as set, as the running one says that proves itself, or as it would be by default. */
export async function urlOf(config: Config, prove: ProveSelf): Promise<string> {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const running = (await readFile(join(config.data, 'url'), 'utf8').catch(() => '')).trim();
  // Whoever runs here may take the port of a gateway that died; a name of its own nobody takes.
  const host = URL.canParse(running) ? new URL(running).hostname : '';
  const known = loopback.has(host) ? await isOurs(running, prove) : host !== '';
  return known ? running : `http://${config.host}:${config.port}`;
}

/** Opens a store for one command and builds its door; a door that cannot be built closes the store again. */
export async function door<T extends object & { readonly beforeClose?: () => Promise<void> }>(
  config: Config,
  build: (store: Store) => Promise<T>,
): Promise<T & { close(): Promise<void> }> {
  const store = await openStore(config);
  try {
    const built = await build(store);
    return { ...built, close: () => Promise.resolve(built.beforeClose?.()).finally(() => store.close()) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

export const accessDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { database, recorder, clock, keys } = store;
    const policy = await publishedPolicy(config, env, store);
    return {
      people: openPeople({ database, recorder, clock }),
      tokens: openTokens({ database, recorder, keys, clock, policy: policy.current }),
      publicUrl: await urlOf(config, selfProof(keys)),
    };
  });

export const approvalsDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const policy = await publishedPolicy(config, env, store);
    // Connectors are opened only when something that changes is decided anew.
    let deciding: ReturnType<typeof openDeciding> | undefined;
    const judge: Judge = async (call) => {
      deciding ??= openDeciding(config, store, policy);
      return await (await deciding).judge(call);
    };
    const stops = await stopsOver({ store, policy: policy.current });
    const approvals = approvalsOver({ store, policy, judge, stops, alarm: (says) => console.error(says) });
    const beforeClose = async () => void (await (await deciding)?.upstreams.close());
    return { approvals, people: peopleAtTerminal(config, store, policy.current), claimed: claimed(), beforeClose };
  });

export const grantsDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { database, recorder, clock, payloads } = store;
    const policy = await publishedPolicy(config, env, store);
    return {
      grants: openGrantDesk({ database, recorder, clock, policy: policy.current, compileBounds, unseal: payloads.unseal }),
      people: openPeople({ database, recorder, clock }),
    };
  });

export const requestsDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { database, recorder, clock } = store;
    const policy = await publishedPolicy(config, env, store);
    return {
      requests: openRequests({ database, recorder, clock, policy: policy.current, tell: tellOver(store, policy) }),
      people: openPeople({ database, recorder, clock }),
    };
  });

export const qualityDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { database, recorder, clock } = store;
    const policy = await publishedPolicy(config, env, store);
    return {
      quality: openQuality({ database, recorder, clock, policy: policy.current, announce: announceOver(store, policy) }),
      people: openPeople({ database, recorder, clock }),
    };
  });

export const messagesDoor = (config: Config) =>
  door(config, async ({ database, recorder, clock }) => ({
    messages: openMessages({ database, recorder, clock }),
    people: openPeople({ database, recorder, clock }),
  }));

export const stopsDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { database, recorder, clock } = store;
    // A policy that cannot be read must not be in the way of a stop.
    const policy = await publishedPolicy(config, env, store).catch(() => undefined);
    return {
      stops: await stopsOver({ store, policy: policy?.current }),
      people: openPeople({ database, recorder, clock }),
      desk: stopDeskOver(store, policy?.current ?? (() => undefined)),
      claimed: claimed(),
    };
  });

export const limitsDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { database, recorder, clock } = store;
    const policy = await publishedPolicy(config, env, store);
    const stops = await stopsOver({ store, policy: policy.current });
    return {
      limits: await limitsOver({ store, policy, stops, alarm: (says) => console.error(says) }),
      people: openPeople({ database, recorder, clock }),
    };
  });

export const catalogDoor = (config: Config) =>
  door(config, async (store) => {
    const { database, recorder, clock } = store;
    return { catalog: openCatalog({ database, recorder, clock, lint: definitionLint }), people: openPeople({ database, recorder, clock }) };
  });
