import type { ReleaseName, ReleaseStanding, ReleaseState } from '../../kernel/release-standing.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import { type ReleasesDatabase, readReleases, readStandings } from './store.ts';

/** What the catalog says of releases, as this process knows it: answers come from memory. */
export interface Standings {
  /** The set with what the catalog says of its plugins and connectors. */
  over(set: PolicySet): PolicySet;
  /** The generation of the latch as of which it is known, at the least. */
  asOf(): number;
  /** Reads it again. What cannot be read stays as it was, and the error is given to whoever asked. */
  reload(): Promise<void>;
}

/** `decided`: one of its releases was approved once, so what policy names is not what counts any more. */
type Known = ReadonlyMap<string, ReleaseStanding & { readonly decided: boolean }>;

/** Reads how everything stands. Rejects when it cannot be read at first. */
export async function openStandings({ database }: { readonly database: ReleasesDatabase }): Promise<Standings> {
  let begun = 0;
  let shown = 0;
  let asOf = -1;
  let known: Known = new Map();
  let text = '';
  let made = new WeakMap<PolicySet, PolicySet>();

  async function reload(): Promise<void> {
    const turn = ++begun;
    const read = await readStandings(database);
    // Of two reads side by side, the one that began first may be older; it must not win because it came last.
    if (turn < shown) return;
    [shown, asOf] = [turn, read.generation];
    const now = JSON.stringify([read.subjects, read.states]);
    if (now === text) return;
    [text, known, made] = [now, standingsOf(read), new WeakMap()];
  }

  await reload();
  return {
    over(set) {
      if (known.size === 0) return set;
      const before = made.get(set);
      if (before) return before;
      const one = withStandings(set, known);
      made.set(set, one);
      return one;
    },
    asOf: () => asOf,
    reload,
  };
}

function standingsOf({ subjects, states }: Awaited<ReturnType<typeof readStandings>>): Known {
  const bySubject = Map.groupBy(states, ({ kind, id }) => `${kind} ${id}`);
  return new Map(
    subjects.map(({ kind, id, current, canary, canary_people, canary_share }) => {
      const releases = (bySubject.get(`${kind} ${id}`) ?? []).map(({ version, state }) => [version, state as ReleaseState] as const);
      const people = JSON.parse(canary_people) as readonly string[];
      return [
        `${kind} ${id}`,
        {
          current: current ?? undefined,
          canary: canary === null ? undefined : { version: canary, people, share: canary_share },
          states: new Map(releases),
          decided: (bySubject.get(`${kind} ${id}`) ?? []).some(({ review_due_ms }) => review_due_ms !== null),
        },
      ];
    }),
  );
}

/** The current release is the catalog's. What it never decided on stays as policy says: applying that was its approval. */
function withStandings(set: PolicySet, known: Known): PolicySet {
  const plugins = [...set.plugins].map(([id, plugin]) => {
    const standing = known.get(`plugin ${id}`);
    if (!standing) return [id, plugin] as const;
    const ofPolicy = standing.decided || standing.states.has(plugin.version) ? undefined : plugin.version;
    const current = standing.current ?? ofPolicy;
    return [id, { ...plugin, version: current ?? plugin.version, releases: { ...standing, current } }] as const;
  });
  const connectors = [...set.connectors].map(([id, connector]) => {
    const standing = known.get(`connector ${id}`);
    const undecided = !standing || [...standing.states.values()].every((state) => state === 'proposed' || state === 'in review');
    return [id, undecided ? connector : { ...connector, releases: standing }] as const;
  });
  return { ...set, plugins: new Map(plugins), connectors: new Map(connectors) };
}

/** Releases with their files, for whoever serves them. */
export interface ReleaseFiles {
  /** Plugins that people may have: the current release of each, and one that is tried, with whom. */
  servable(): Promise<readonly { readonly release: ReleaseName; readonly sourceDigest: string; readonly canary: boolean }[]>;
  /** Path and bytes of every file of a release that is not revoked. */
  files(release: ReleaseName): Promise<ReadonlyMap<string, Uint8Array> | undefined>;
}

/** Opens the files of releases for reading. */
export function openReleaseFiles({ database }: { readonly database: ReleasesDatabase }): ReleaseFiles {
  const reader = readReleases(database);
  return {
    async servable() {
      const [subjects, rows] = await Promise.all([reader.subjects(), reader.list(10_000)]);
      const byName = new Map(rows.map((row) => [`${row.kind} ${row.id} ${row.version}`, row]));
      return subjects
        .filter(({ kind }) => kind === 'plugin')
        .flatMap(({ kind, id, current, canary }) =>
          [current, canary].flatMap((version) => {
            const row = version === null ? undefined : byName.get(`${kind} ${id} ${version}`);
            return row ? [{ release: row, sourceDigest: row.source_digest, canary: version === canary }] : [];
          }),
        )
        .map(({ release: { kind, id, version }, ...rest }) => ({ release: { kind, id, version }, ...rest }));
    },
    async files(release) {
      const [row, manifest] = await Promise.all([reader.find(release), reader.manifest(release)]);
      if (!row || !manifest || row.state === 'revoked') return undefined;
      const bytes = await reader.files(manifest.files.map(({ digest }) => digest));
      return new Map(manifest.files.flatMap(({ path, digest }) => (bytes.has(digest) ? [[path, bytes.get(digest) as Uint8Array]] : [])));
    },
  };
}
