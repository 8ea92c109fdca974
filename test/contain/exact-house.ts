import { readConfig } from '../../packages/server/src/config.ts';
import type { StopScope } from '../../packages/server/src/kernel/readers.ts';
import { openDatabase } from '../../packages/server/src/storage/database.ts';
import { stopsDoor } from '../../packages/server/src/wire-doors.ts';
import { connectAs, type Gateway, type House, openHouse, type Server, until } from '../support/e2e.ts';
import { post } from '../support/e2e-client.ts';
import { ann, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

/** One gateway process under load: calls of real clients, each with a number of its own. */
export interface Loaded {
  readonly gateway: Gateway;
  answered: number;
  refused: number;
}

/** An entry of the ledger, as far as the order of stops and decisions needs it. */
export interface Line {
  readonly entry: number;
  readonly kind: string;
  readonly action?: string;
  readonly call?: string;
  readonly verdict?: string;
  readonly code?: string;
  readonly tool?: string;
}

/** Three gateway processes on one database, an upstream of this process, clients in a closed loop on every gateway. */
export interface ExactHouse {
  readonly house: House;
  readonly upstream: RecordingUpstream;
  readonly nodes: readonly Loaded[];
  readonly stops: Awaited<ReturnType<typeof stopsDoor>>['stops'];
  /** Call ids by the number of the call, of every call that was answered. */
  readonly callOf: ReadonlyMap<number, string>;
  /** Waits until each gateway answered, or refused, so many calls more. */
  each(what: 'answered' | 'refused', more: number): Promise<void>;
  /** Ends the load; gives the whole ledger in order. */
  end(): Promise<readonly Line[]>;
  close(): Promise<void>;
}

export const act: StopScope = { kind: 'connector', id: 'crm-act' };
const clientsEach = 3;

/** Opens it. `database` is a `postgres://` URL, or undefined for one SQLite file. */
export async function openExact(database: string | undefined): Promise<ExactHouse> {
  const upstream = await startUpstream({ look: {}, slow: {}, note: {}, slow_note: {}, send: {} });
  const house = openHouse({ 'corp.yaml': corp(upstream.url) }, database === undefined ? {} : { TRAPKEY_DATABASE: database });
  const first = await house.serve({ command: ['up', '--admin', boss, '--quiet'] });
  const [servers, ...others] = await Promise.all([
    connectAs(house, 'sales', first.code, ['--person', ann]),
    ...[1, 2].map(() => house.serve({ command: ['up', '--quiet'] })),
  ]);
  const server = servers['sales-crm-act'] as Server;
  const nodes = [first, ...others].map((gateway): Loaded => ({ gateway, answered: 0, refused: 0 }));
  const config = readConfig({ data: house.data, policy: house.policy, ...(database && { database }) }, {});
  const door = await stopsDoor(config, {});
  const callOf = new Map<number, string>();
  let [next, ended] = [0, false];
  const client = async (node: Loaded): Promise<void> => {
    const at = new URL(new URL(server.url).pathname, node.gateway.url).href;
    while (!ended) {
      const n = next++;
      const text = await (await post({ ...server, url: at }, 'tools/call', { name: 'note', arguments: { n } })).text();
      const id = /[0-9A-HJKMNP-TV-Z]{26}/.exec(text)?.[0];
      if (id === undefined) throw new Error(`no call in ${text.slice(0, 500)}`);
      callOf.set(n, id);
      if (text.includes('"isError":true')) node.refused++;
      else node.answered++;
    }
  };
  const clients = Promise.all(nodes.flatMap((node) => Array.from({ length: clientsEach }, () => client(node))));
  let failed: unknown;
  clients.catch((error: unknown) => {
    failed = error;
  });
  return {
    house,
    upstream,
    nodes,
    stops: door.stops,
    callOf,
    async each(what, more) {
      const wanted = nodes.map((node) => node[what] + more);
      await until(`each gateway ${what} ${more} more`, () => {
        if (failed) throw failed;
        return nodes.every((node, at) => node[what] >= (wanted[at] as number));
      });
    },
    async end() {
      ended = true;
      await clients;
      const reading = await openDatabase(config.database);
      const rows = await reading.read.selectFrom('ledger').select(['entry', 'bytes']).orderBy('entry').execute();
      await reading.close();
      return rows.map(({ bytes }) => JSON.parse(bytes) as Line);
    },
    async close() {
      ended = true;
      await clients.catch(() => undefined);
      await door.close();
      for (const { gateway } of nodes) await gateway.kill();
      house.remove();
      await upstream.close();
    },
  };
}
