import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { ProvenPerson } from '../../kernel/approvals.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { Recorder, StepResult, Tx } from '../../kernel/recorder.ts';
import type { ReleaseSources } from '../../kernel/release-sources.ts';
import type { ReleaseName } from '../../kernel/release-standing.ts';
import type { ReleaseDetail } from '../../kernel/releases.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { CatalogStore } from '../store.ts';
import type { ReleaseReader } from './store.ts';

/** What the acts on releases work with. */
export interface ReleaseParts {
  readonly reader: ReleaseReader;
  readonly pins: Pick<CatalogStore, 'of' | 'accept'>;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => PolicySet;
  readonly sources: ReleaseSources;
  /** The release as it stands now. Throws when there is none. */
  readonly detail: (release: ReleaseName) => Promise<ReleaseDetail>;
}

/** What the record says of an act on a release. */
export function releaseEntry(
  action: string,
  release: ReleaseName,
  { by, atMs, reason, detail }: { readonly by: ProvenPerson; readonly atMs: number; readonly reason?: string; readonly detail?: string },
): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action,
    subject: `${release.kind} ${release.id}@${release.version}`,
    ...(release.kind === 'plugin' ? { plugin: `${release.id}@${release.version}` } : { connector: release.id }),
    on_behalf_of: by.person,
    assurance: { on_behalf_of: 'proved' },
    ...(reason !== undefined && reason !== '' && { reason }),
    ...(detail !== undefined && { detail: detail.slice(0, 2_000) }),
  };
}

/** Commits an act with its entry. Two acts at once: the later is told to look again. */
export async function commitAct(
  { recorder }: Pick<ReleaseParts, 'recorder'>,
  entry: EntryFields,
  steps: (tx: Tx) => Promise<StepResult | boolean>,
): Promise<void> {
  const committed = await recorder.commit({
    entries: [entry],
    steps: async (tx) => {
      const said = await steps(tx);
      return typeof said === 'boolean' ? (said ? { ok: true } : { ok: false, conflict: 'it changed meanwhile' }) : said;
    },
  });
  if (committed.status !== 'committed')
    throw new UserError(
      'Somebody else changed it at the same moment. Nothing was changed.',
      'Look at it once more: trapkey catalog show <release>.',
    );
}
