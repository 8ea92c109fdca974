import type { CatalogSubject } from '@trapkey/contract/api/catalog.ts';
import type { BlastPlugin, BlastReport } from '../../kernel/blast.ts';
import type { DefinitionView } from '../../kernel/catalog.ts';
import type { SubjectKind } from '../../kernel/release-standing.ts';
import type { ReleaseSummary } from '../../kernel/releases.ts';
import type { ConnectorRules, PluginRules, PolicySet } from '../../kernel/rules.ts';

/** What the list of plugins and connectors is made of. */
export interface Known {
  readonly set: PolicySet;
  readonly releases: readonly ReleaseSummary[];
  readonly waiting: readonly Pick<DefinitionView, 'connection'>[];
  readonly blast: BlastReport;
}

const tiers = ['low', 'medium', 'high'] as const;
const waitingStates: readonly string[] = ['canary', 'in review', 'proposed'];

/** Every plugin and connector that policy names or the catalog knows, plugins first. */
export function subjectsOf(known: Known): readonly CatalogSubject[] {
  const { set, releases, blast } = known;
  const ofCatalog = (kind: SubjectKind) => releases.filter((one) => one.kind === kind).map(({ id }) => id);
  const ids = (kind: SubjectKind, named: Iterable<string>) => [...new Set([...named, ...ofCatalog(kind)])].toSorted();
  const bySubject = Map.groupBy(releases, ({ kind, id }) => `${kind} ${id}`);
  const byPlugin = new Map(blast.plugins.map((one) => [one.plugin, one]));
  const waits = new Map([...Map.groupBy(known.waiting, ({ connection }) => connection)].map(([id, rows]) => [id, rows.length]));
  return [
    ...ids('plugin', set.plugins.keys()).map((id) =>
      pluginOf(set, id, standing(bySubject.get(`plugin ${id}`), set.plugins.get(id)?.version), byPlugin.get(id), waits),
    ),
    ...ids('connector', set.connectors.keys()).map((id) =>
      connectorOf(set, id, standing(bySubject.get(`connector ${id}`), set.connectors.has(id) ? 'any' : undefined), waits),
    ),
  ];
}

type Standing = Pick<CatalogSubject, 'state' | 'version' | 'digest' | 'waits' | 'reviewedAtMs' | 'reviewDueMs'> & {
  readonly owner: string | undefined;
};

/** How its releases stand together: the current one speaks, else the one that is nearest to being it. */
function standing(releases: readonly ReleaseSummary[] = [], named: string | undefined): Standing {
  // What the catalog never decided on runs as policy names it; the release that waits is none of that.
  const undecided = releases.every((one) => one.version !== named && (one.state === 'proposed' || one.state === 'in review'));
  const current = releases.find((one) => one.current);
  const next = waitingStates.flatMap((state) => releases.find((one) => one.state === state) ?? [])[0];
  const said = current ?? next ?? releases[0];
  return {
    owner: said?.owner,
    state: named !== undefined && undecided ? 'policy' : (said?.state ?? 'policy'),
    version: current?.version ?? null,
    digest: current?.sourceDigest ?? null,
    waits: next && next !== current ? { version: next.version, state: next.state } : null,
    reviewedAtMs: current?.stateAtMs ?? null,
    reviewDueMs: current?.reviewDueMs ?? null,
  };
}

type Waits = ReadonlyMap<string, number>;

function pluginOf(set: PolicySet, id: string, of: Standing, blast: BlastPlugin | undefined, waits: Waits): CatalogSubject {
  const rules: PluginRules | undefined = set.plugins.get(id);
  const connectors = (rules?.connectors ?? []).flatMap((one) => set.connectors.get(one) ?? []);
  const connections = [...new Set(connectors.map(({ connection }) => connection))];
  return {
    ...{ kind: 'plugin' as const, id },
    ...of,
    owner: rules?.owner ?? of.owner ?? '',
    version: of.version ?? (of.state === 'policy' ? (rules?.version ?? null) : null),
    tier: highest(set, connectors),
    blast: blast ? { ...blast.run } : null,
    over: blast?.over ?? false,
    users: [...(rules?.for ?? [])],
    coverage: witnesses(set, connectors),
    connections,
    definitionsWait: connections.reduce((sum, one) => sum + (waits.get(one) ?? 0), 0),
  };
}

function connectorOf(set: PolicySet, id: string, of: Standing, waits: Waits): CatalogSubject {
  const rules = set.connectors.get(id);
  const connectors = rules ? [rules] : [];
  return {
    ...{ kind: 'connector' as const, id },
    ...of,
    owner: rules?.owner ?? of.owner ?? '',
    tier: highest(set, connectors),
    blast: null,
    over: false,
    users: [...set.plugins.values()].filter((one) => one.connectors.includes(id)).map((one) => one.id),
    coverage: witnesses(set, connectors),
    connections: rules ? [rules.connection] : [],
    definitionsWait: rules ? (waits.get(rules.connection) ?? 0) : 0,
  };
}

function highest({ organization }: PolicySet, connectors: readonly ConnectorRules[]): CatalogSubject['tier'] {
  const found = connectors.flatMap(({ tools }) => [...tools.values()].map(({ effect }) => organization.tiers.get(effect) ?? 'high'));
  return tiers.toReversed().find((tier) => found.includes(tier)) ?? null;
}

/** Tools that a client runs itself are seen by its hook alone. */
function witnesses({ connections }: PolicySet, connectors: readonly ConnectorRules[]): CatalogSubject['coverage'] {
  return [...new Set(connectors.map(({ connection }) => (connections.get(connection)?.hook ? ('hook' as const) : ('gateway' as const))))];
}
