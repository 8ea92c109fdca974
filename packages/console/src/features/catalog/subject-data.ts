import { type CatalogSubject, catalogList, type ReleaseShown, releaseDetail, releaseList } from '@trapkey/contract/api/catalog.ts';
import { type PolicyEffective, policyEffective } from '@trapkey/contract/api/policy.ts';
import { useGet } from '../../lib/queries.ts';

/** A plugin or connector as all its tabs see it. */
export interface Subject {
  readonly subject: CatalogSubject;
  readonly releases: readonly ReleaseShown[];
}

const topics = ['catalog', 'policy'] as const;

/** One of the catalog, with its releases, newest first. */
export function useSubject(kind: string, id: string) {
  const list = useGet('/api/catalog', catalogList, { topics });
  const all = useGet('/api/catalog/releases', releaseList, { topics });
  const subject = list.data?.subjects.find((one) => one.kind === kind && one.id === id);
  const releases = (all.data?.releases ?? []).filter((one) => one.kind === kind && one.id === id);
  const loaded = list.data !== undefined && all.data !== undefined;
  return {
    query: {
      data: loaded ? { found: subject ? { subject, releases } : undefined } : undefined,
      error: list.error ?? all.error,
      refetch: () => [list.refetch(), all.refetch()],
    },
  };
}

/** One of its releases; not asked for where it has none. */
export function useRelease(kind: string, id: string, version: string | undefined, against: string) {
  const path = `/api/catalog/releases/${kind}/${encodeURIComponent(id)}/${encodeURIComponent(version ?? '')}`;
  const query = { ...(against !== '' && { against }) };
  return useGet(path, releaseDetail, { query, topics, enabled: version !== undefined });
}

export type Tools = PolicyEffective['plugins'][number]['connectors'];

/** What policy lets it do now: the connectors of a plugin, or a connector as the plugins that have it see it. */
export function useTools({ kind, id, users }: CatalogSubject) {
  const plugin = kind === 'plugin' ? id : users[0];
  const query = useGet('/api/policy/effective', policyEffective, { query: { plugin }, topics: ['policy'], enabled: plugin !== undefined });
  const connectors = query.data?.plugins[0]?.connectors.filter((one) => kind === 'plugin' || one.connector === id);
  return { ...query, data: plugin === undefined ? ([] as Tools) : query.data && (connectors ?? []) };
}
