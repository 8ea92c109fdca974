import type { ClientList, ClientRow } from '@trapkey/contract/api/clients.ts';
import type { Rehearsal } from '../../kernel/rehearsal.ts';
import type { Seen } from './read.ts';

/** A witness that spoke before counts as silent when calls went on for so long without it. */
const silentMs = 3_600_000;
const devicesMax = 20;

const ways = [
  { way: 'mcp-http', says: 'MCP over HTTP through the gateway', records: true, blocks: true, approves: true },
  { way: 'stdio', says: 'MCP over stdio through the bridge', records: true, blocks: true, approves: true },
  { way: 'hook', says: 'Tools that a client runs itself, by its hooks', records: true, blocks: true, approves: true },
  { way: 'telemetry', says: 'Telemetry of a client, told afterwards', records: true, blocks: false, approves: false },
] as const;

const unseen = [
  'What a client does without its hook and past the gateway leaves no entry here.',
  'Telemetry is what the client says of itself; it can be left out, and nothing is refused by it.',
  'What people do by hand in the systems behind connectors is not seen.',
  'A client or model on a device that never reaches this gateway does not appear on this page.',
] as const;

/** One row for each person of whom anything was seen, by name. */
export function peopleIn(seen: Seen, clients: ReadonlyMap<string, readonly string[]>): readonly ClientRow[] {
  const names = new Set([...seen.runs, ...seen.tokens, ...seen.sessions].map(({ person }) => person));
  const [runs, tokens, sessions, devices] = [
    Map.groupBy(seen.runs, ({ person }) => person),
    Map.groupBy(seen.tokens, ({ person }) => person),
    new Map(seen.sessions.map((one) => [one.person, one])),
    Map.groupBy(seen.devices, ({ person }) => person),
  ];
  return [...names].sort().map((person) => ({
    ...rowOf(person, runs.get(person) ?? [], tokens.get(person) ?? [], sessions.get(person), clients.get(person) ?? []),
    devices: devicesOf(devices.get(person) ?? []),
  }));
}

function rowOf(
  person: string,
  runs: Seen['runs'],
  tokens: Seen['tokens'],
  session: Seen['sessions'][number] | undefined,
  clients: readonly string[],
): Omit<ClientRow, 'devices'> {
  const gatewayAtMs = runs.length === 0 ? null : Math.max(...runs.map(({ lastAtMs }) => lastAtMs));
  const [hookAtMs, telemetryAtMs] = [session?.hookAtMs ?? null, session?.telemetryAtMs ?? null];
  const silent = [hookAtMs, telemetryAtMs].filter((at) => at !== null && gatewayAtMs !== null && gatewayAtMs - at > silentMs);
  const sum = (of: 'runs' | 'calls') => runs.reduce((all, one) => all + one[of], 0);
  return {
    person,
    clients: [...clients],
    plugins: pluginsOf(runs, tokens),
    runs: sum('runs'),
    calls: sum('calls'),
    ...{ gatewayAtMs, hookAtMs, telemetryAtMs },
    sessions: session?.sessions ?? 0,
    silentSinceMs: silent.length === 0 ? null : Math.min(...(silent as number[])),
    coverage: [
      ...(gatewayAtMs === null ? [] : (['gateway'] as const)),
      ...(hookAtMs === null ? [] : (['hook'] as const)),
      ...(telemetryAtMs === null ? [] : (['reported'] as const)),
    ],
  };
}

/** An installation that was updated has had several versions: it is one device all the same, with what it runs now. */
function devicesOf(seen: Seen['devices']): ClientRow['devices'] {
  const latest = (of: readonly (number | undefined)[]) => {
    const known = of.filter((at) => at !== undefined);
    return known.length === 0 ? null : Math.max(...known);
  };
  return [...Map.groupBy(seen, ({ device }) => device)].slice(0, devicesMax).map(([device, rows]) => ({
    device,
    client: rows.find(({ client }) => client !== undefined)?.client ?? null,
    sessions: rows.reduce((sum, { sessions }) => sum + sessions, 0),
    hookAtMs: latest(rows.map(({ hookAtMs }) => hookAtMs)),
    telemetryAtMs: latest(rows.map(({ telemetryAtMs }) => telemetryAtMs)),
  }));
}

function pluginsOf(runs: Seen['runs'], tokens: Seen['tokens']): ClientRow['plugins'] {
  const known = new Map<string, ClientRow['plugins'][number]>();
  for (const { plugin, version } of runs) known.set(`${plugin}@${version}`, { plugin, version, tokens: 0, expiresAtMs: null });
  // A token for telemetry alone is for no plugin.
  for (const { plugin, version, tokens: many, expiresAtMs } of tokens)
    if (version !== '-') known.set(`${plugin}@${version}`, { plugin, version, tokens: many, expiresAtMs });
  return [...known.values()].toSorted((a, b) => (a.plugin < b.plugin ? -1 : 1));
}

/** What each way can do, with the last rehearsal that proved it. */
function waysProved(rehearsals: readonly Rehearsal[]): ClientList['ways'] {
  return ways.map((one) => {
    const tried = rehearsals.flatMap(({ startedAtMs, finishedAtMs, paths }) =>
      paths
        .filter(({ path, state }) => path === one.way && state !== 'calling' && state !== 'unmeasured')
        .map((path) => ({ ...path, atMs: finishedAtMs ?? startedAtMs })),
    )[0];
    return { ...one, proved: tried ? { state: tried.state, atMs: tried.atMs, node: tried.node } : null };
  });
}

/** A page of people, with what is the same for all of them. */
export function clientPage(
  people: readonly ClientRow[],
  { q, silent, max, after }: { readonly q: string; readonly silent: boolean; readonly max: number; readonly after?: string | undefined },
  rehearsals: readonly Rehearsal[],
): ClientList {
  const words = q.trim().toLowerCase();
  const fits = (row: ClientRow) =>
    (!silent || row.silentSinceMs !== null) &&
    (words === '' ||
      [row.person, ...row.clients, ...row.plugins.map(({ plugin }) => plugin), ...row.devices.map(({ device }) => device)].some((text) =>
        text.toLowerCase().includes(words),
      ));
  const found = people.filter(fits);
  const rest = after === undefined ? found : found.filter(({ person }) => person > after);
  const page = rest.slice(0, max);
  return {
    people: page,
    next: rest.length > max ? (page.at(-1)?.person ?? null) : null,
    total: found.length,
    ways: waysProved(rehearsals),
    unseen: [...unseen],
  };
}
