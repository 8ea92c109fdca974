import { basename } from 'node:path';
import { openReleases } from './catalog/releases/act.ts';
import { scan } from './inventory/read.ts';
import { cloneRepository, repositoryUrl } from './inventory/readers/git.ts';
import { noticeLookAlikes } from './inventory/readers/look-alikes.ts';
import type { Finding } from './kernel/inventory.ts';
import type { ReleaseSources } from './kernel/release-sources.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { Store } from './wire.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { definitionLint } from './wire-lint.ts';

const machine = { home: '/nonexistent', working: '/nonexistent', platform: process.platform, appData: undefined, managed: [] };

/** What the catalog asks of the inventory. */
const releaseSources: ReleaseSources = {
  async fetch(source, rules) {
    const url = repositoryUrl(source);
    return url === undefined ? undefined : await cloneRepository(url, rules);
  },
  scan: (folder) =>
    scan(
      { machine, listLive: () => Promise.reject(new Error('nothing is started')) },
      { targets: [folder], live: false, privateNetwork: false, bundledCatalog: true },
    ),
  lookAlikes(names) {
    const found: Finding[] = [];
    noticeLookAlikes(
      names.map((name) => ({ name, file: basename(name) })),
      (finding) => void found.push(finding),
    );
    return found;
  },
  lint: definitionLint,
};

/** The catalog of releases over one store. */
export function releasesOver(
  { database, recorder, clock }: Pick<Store, 'database' | 'recorder' | 'clock'>,
  policy: () => PolicySet,
  changed?: () => Promise<void>,
) {
  const grants = liveGrantsOf({ database, clock });
  return openReleases({ database, recorder, clock, policy, grants, sources: releaseSources, ...(changed && { changed }) });
}
