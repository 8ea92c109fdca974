import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openPeople } from './access/people/act.ts';
import { isOurs, selfProof } from './access/self.ts';
import { openTokens } from './access/tokens/act.ts';
import { builtinConnectors } from './builtin.ts';
import type { Config } from './config.ts';
import { addressFor } from './effects/execute/homes.ts';
import { causeOf, listAt } from './inventory/doctor/endpoint.ts';
import { clientsProved, endpointProved, separationProved, telemetryProved, upstreamProved, waysProved } from './inventory/doctor/proofs.ts';
import { allKept, keptFolder } from './inventory/wrap/kept.ts';
import type { ProvenPerson } from './kernel/approvals.ts';
import { rfc3339 } from './kernel/clock.ts';
import type { DoctorReport, Proof } from './kernel/doctor.ts';
import { UserError } from './kernel/errors.ts';
import type { Rehearsal } from './kernel/rehearsal.ts';
import type { ConnectionRules, PolicySet } from './kernel/rules.ts';
import { openRunLists } from './runs/lists/read.ts';
import { openRehearsals } from './stages/contain/rehearsal/act.ts';
import { version } from './version.ts';
import type { Store } from './wire.ts';
import { claimed, door, publishedPolicy, urlOf } from './wire-doors.ts';
import { scanDoor } from './wire-scan.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Drafted = Omit<Proof, 'at'>;

const rehearsalTakesMs = 60_000;
const lookMs = 200;
const tokensLastMs = 10 * 60_000;
const limits = { startTimeoutMs: 30_000, resultBytesMax: 4 * 1024 * 1024, concurrentMax: 1 };

/** Tries every path of a deployment. It calls no tool but the canary in the box. */
export const doctorDoor = (config: Config, env: Environment) =>
  door(config, async (store) => ({
    people: openPeople(store),
    examine: async (by: ProvenPerson | undefined): Promise<DoctorReport> => {
      const policy = (await publishedPolicy(config, env, store)).current();
      const prove = selfProof(store.keys);
      const url = await urlOf(config, prove);
      const serves = await isOurs(url, prove);
      const parts = { config, env, store, policy, url, serves };
      const drafts = [
        ...(await ways(parts)),
        ...(await endpoints(parts, by)),
        ...(await Promise.all([...policy.connections.values()].map(upstream))),
        telemetryProved(await lastReported(store)),
        await separation(config),
        ...clientsProved(await scanDoor(env).scan({ targets: [], live: false, privateNetwork: false, bundledCatalog: false })),
      ];
      const at = rfc3339(store.clock());
      return { format: 'trapkey-doctor/1', at, url, proofs: drafts.map((one) => ({ ...one, at })) };
    },
  }));

interface Parts {
  readonly config: Config;
  readonly store: Store;
  readonly policy: PolicySet;
  readonly url: string;
  readonly serves: boolean;
}

async function ways({ store, url, serves }: Parts): Promise<readonly Drafted[]> {
  if (!serves) return waysProved(undefined, `no gateway of this data folder serves at ${url}; start it with trapkey up`);
  const { database, recorder, clock } = store;
  const rehearsals = openRehearsals({ database, recorder, clock });
  const id = await rehearsals.begin(claimed().person);
  const until = performance.now() + rehearsalTakesMs;
  let found: Rehearsal | undefined;
  while (performance.now() < until) {
    found = (await rehearsals.list(5)).find((one) => id === undefined || one.id === id);
    if (found?.finishedAtMs !== undefined) break;
    await pause(lookMs);
  }
  return waysProved(found, 'no gateway took up the rehearsal of the canary');
}

/** Each endpoint with a token: one that `wrap` keeps, or a passing one for whoever proved who they are. */
async function endpoints({ config, store, policy, url }: Parts, by: ProvenPerson | undefined): Promise<readonly Drafted[]> {
  const kept = new Map((await allKept(config.data)).map((one) => [one.plugin, one] as const));
  const tokens = openTokens({ ...store, policy: () => policy });
  const drafts: Drafted[] = [];
  for (const plugin of policy.plugins.values()) {
    const wrapped = kept.get(plugin.id);
    const path = (connector: string) => `/p/${plugin.id}/${plugin.version}/${connector}`;
    const issued = wrapped || !by ? [] : await tokens.issue({ plugin: plugin.id, by, expiresMs: tokensLastMs }).catch(wordsOf);
    for (const connector of plugin.connectors) {
      const hook = policy.connections.get(policy.connectors.get(connector)?.connection ?? '')?.hook;
      if (hook !== undefined) continue;
      const file = wrapped && join(keptFolder(config.data, wrapped.file), `${connector}.token`);
      const token = file
        ? (await readFile(file, 'utf8').catch(() => '')).trim()
        : typeof issued !== 'string' && issued.find((one) => one.connector === connector)?.token;
      const why = typeof issued === 'string' ? issued : 'there is no token to try it with; add --as <person>';
      drafts.push(endpointProved(path(connector), token ? await listAt(`${url}${path(connector)}`, token) : { says: why }));
    }
    if (typeof issued !== 'string' && by) for (const { id } of issued) await tokens.revoke(id, by);
  }
  return drafts;
}

function wordsOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  throw error;
}

async function upstream(rules: ConnectionRules): Promise<Drafted> {
  const { id, upstream: address, hook } = rules;
  if (hook !== undefined)
    return { path: 'upstream', subject: `connection ${id}`, state: 'proved', says: 'the client runs these tools itself' };
  const kind = address && builtinConnectors.find(({ kinds }) => kinds.includes(address.kind));
  if (!address || !kind) return upstreamProved(id, { says: 'this build reaches no such upstream' });
  const home = await mkdtemp(join(tmpdir(), 'trapkey-doctor-'));
  try {
    const opened = kind.open(
      addressFor(address, home),
      { ...limits, callTimeoutMs: rules.callTimeoutMs },
      { sampling: false, clientName: 'trapkey-doctor', clientVersion: version },
    );
    try {
      return upstreamProved(id, { tools: (await opened.definitions(AbortSignal.timeout(limits.startTimeoutMs))).tools.length });
    } finally {
      await opened.close();
    }
  } catch (error) {
    return upstreamProved(id, { says: causeOf(error) });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function lastReported({ database, clock }: Store): Promise<string | undefined> {
  const runs = await openRunLists({ database }).list({ sinceMs: clock() - 7 * 86_400_000, max: 200 });
  return runs.find(({ coverage }) => coverage.includes('reported'))?.id;
}

/** The agent runs as whoever owns a wrapped file, else as whoever asked for this. */
async function separation({ data }: Config): Promise<Drafted> {
  const { uid, mode } = await stat(data);
  const [wrapped] = await allKept(data);
  const owner = wrapped && (await stat(wrapped.file).catch(() => undefined));
  const asked = process.env['SUDO_UID'] === undefined ? process.getuid?.() : Number(process.env['SUDO_UID']);
  return separationProved({ ownerUid: uid, mode, agentUid: owner?.uid ?? asked });
}
