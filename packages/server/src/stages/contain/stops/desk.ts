import type { Effect } from '@trapkey/contract/codes.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Covered } from '../../../kernel/covered.ts';
import type { StopScope } from '../../../kernel/readers.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import type { StopDesk, StopPreview } from '../../../kernel/stops.ts';
import { inScope, isWide, scopeText } from '../covers.ts';
import type { StopDatabase } from '../store.ts';
import { isKnownPerson, type Use, underWay } from './preview-store.ts';
import { type Names, resolveScope } from './resolve.ts';

interface DeskParts extends Pick<Names, 'findRun'> {
  readonly database: StopDatabase;
  readonly clock: Clock;
  readonly policy: () => PolicySet | undefined;
  /** Calls that were allowed and have not ended, on every node. */
  readonly inFlight: () => Promise<readonly Covered[]>;
}

/** Opens the desk where people say what to stop. */
export function openStopDesk({ database, clock, policy, findRun, inFlight }: DeskParts): StopDesk {
  return {
    resolve: (text) => resolveScope({ policy: policy(), findRun, isKnownPerson: (person) => isKnownPerson(database, person) }, text),
    alsoOf: (scope) => alsoOf(policy(), scope),
    async preview(scope, also = []) {
      const nowMs = clock();
      const [found, flying] = await Promise.all([underWay(database, nowMs), inFlight()]);
      return previewOf(policy(), [scope, ...also], nowMs, found, flying, alsoOf(policy(), scope));
    },
  };
}

function alsoOf(policy: PolicySet | undefined, scope: StopScope): readonly StopScope[] {
  if (scope.kind !== 'plugin' && scope.kind !== 'release') return [];
  const plugin = policy?.plugins.get(scope.kind === 'plugin' ? scope.id : scope.id.slice(0, scope.id.lastIndexOf('@')));
  const connectors = plugin?.connectors ?? [];
  const connections = new Set(connectors.flatMap((id) => policy?.connectors.get(id)?.connection ?? []));
  return [
    ...connectors.map((id) => ({ kind: 'connector', id }) as const),
    ...[...connections].map((id) => ({ kind: 'credential', id }) as const),
  ];
}

function previewOf(
  policy: PolicySet | undefined,
  scopes: readonly StopScope[],
  nowMs: number,
  found: Awaited<ReturnType<typeof underWay>>,
  flying: readonly Covered[],
  also: readonly StopScope[],
): StopPreview {
  const hit = (what: Covered) => scopes.some((scope) => inScope(scope, nowMs, what));
  const offers = offersOf(policy);
  /** What of a release's tools is hit, for whoever uses it. */
  const touched = (use: Use & { readonly id?: string }) =>
    (offers.get(use.plugin) ?? [{ connector: '', effect: 'read' as const }]).filter((tool) =>
      hit({ ...tool, plugin: use.plugin, release: `${use.plugin}@${use.version}`, person: use.person, run: use.id }),
    );
  const runs = found.runs.filter((run) => touched(run).length > 0);
  const tokens = found.tokens.filter((token) => touched(token).some(({ connector }) => connector === token.connector || connector === ''));
  const uses = [...runs, ...tokens].flatMap(touched);
  const alone = policy ? [...policy.plugins.values()].flatMap(({ id, version }) => touched({ plugin: id, version, person: '' })) : [];
  const tools = unique([...uses, ...alone].flatMap(({ connector, tool }) => (tool === undefined ? [] : [`${connector}.${tool}`])));
  const tickets = found.tickets.filter((row) => {
    const effect = (row.effect ?? undefined) as Effect | undefined;
    const connection = policy?.connectors.get(row.connector)?.connection;
    return hit({ ...row, effect, connection, release: `${row.plugin}@${row.version}`, atMs: row.created_at_ms });
  });
  const batches = found.batches.filter((row) => {
    const connection = policy?.connectors.get(row.connector)?.connection;
    return hit({ ...row, effect: row.effect as Effect, connection, release: `${row.plugin}@${row.version}`, atMs: nowMs });
  });
  return {
    scope: scopes.map(scopeText).join(', '),
    wide: isWide(scopes[0] as StopScope),
    people: unique([...runs, ...tokens].map(({ person }) => person)),
    runs: runs.map(({ id }) => id),
    inFlight: flying.filter((call) => hit({ ...call, connection: policy?.connectors.get(call.connector)?.connection })).length,
    tickets: tickets.map(({ id }) => id),
    batches: unique(batches.map(({ id }) => id)),
    connectors: unique([...uses, ...alone].map(({ connector }) => connector).filter(Boolean)),
    tools,
    tokens: tokens.length,
    also: also.map(scopeText),
  };
}

type Tool = Pick<Covered, 'connector' | 'connection' | 'tool' | 'effect'>;

/** The tools that each plugin reaches. */
function offersOf(policy: PolicySet | undefined): ReadonlyMap<string, readonly Tool[]> {
  const toolsOf = (id: string): readonly Tool[] => {
    const connector = policy?.connectors.get(id);
    const { connection, tools } = connector ?? { connection: undefined, tools: new Map() };
    return [...tools.values()].map(({ name, effect }) => ({ connector: id, connection, tool: name, effect }));
  };
  return new Map([...(policy?.plugins.values() ?? [])].map(({ id, connectors }) => [id, connectors.flatMap(toolsOf)]));
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}
