import type { Clock } from '../../kernel/clock.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { ReleaseName } from '../../kernel/release-standing.ts';
import { type ReleasesDatabase, readReleases } from './store.ts';
import { writeServed } from './writing-store.ts';

/** Notes under which digest a release is served, with its addresses rewritten; an entry where that is another than before. */
export function noteServed(parts: { readonly database: ReleasesDatabase; readonly recorder: Recorder; readonly clock: Clock }) {
  const { database, recorder, clock } = parts;
  const reader = readReleases(database);
  return async (release: ReleaseName, digest: string): Promise<void> => {
    const known = await reader.find(release);
    if (!known || known.served_digest === digest) return;
    const { kind, id, version } = release;
    await recorder.commit({
      entries: [
        {
          timestamp: rfc3339(clock()),
          kind: 'admin',
          action: 'release.served',
          subject: `${kind} ${id}@${version}`,
          plugin: `${id}@${version}`,
          detail: `${known.source_digest} as reviewed, ${digest} as served`,
        },
      ],
      // Of two nodes that build it at once one notes it.
      steps: async (tx) =>
        (await writeServed(tx, release, known.served_digest, digest)) ? { ok: true, quiet: true } : { ok: false, conflict: 'noted' },
    });
  };
}
