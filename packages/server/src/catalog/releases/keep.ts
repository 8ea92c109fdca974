import type { ProvenPerson } from '../../kernel/approvals.ts';
import { UserError } from '../../kernel/errors.ts';
import type { ReleaseName } from '../../kernel/release-standing.ts';
import type { ReleaseDetail, ReleaseManifest } from '../../kernel/releases.ts';
import { idOf } from '../review/people.ts';
import { commitAct, type ReleaseParts, releaseEntry } from './parts.ts';
import { insertRelease, writeSubject } from './writing-store.ts';

/** What is to be kept. */
interface Kept {
  readonly release: ReleaseName;
  readonly source: string;
  readonly digest: string;
  readonly manifest: ReleaseManifest;
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  readonly owner: string | undefined;
  readonly by: ProvenPerson;
}

/** Keeps a release that was read; the same again is the one that is kept already. */
export async function keep(parts: ReleaseParts, { release, source, digest, manifest, bytes, owner, by }: Kept): Promise<ReleaseDetail> {
  const known = await parts.reader.find(release);
  if (known) {
    if (known.source_digest === digest) return await parts.detail(release);
    return await changedUpstream(parts, release, { was: known.source_digest, now: digest, by });
  }
  const subject = await parts.reader.subject(release.kind, release.id);
  const named = subject?.owner ?? idOf(parts.policy(), owner ?? parts.policy().plugins.get(release.id)?.owner ?? by.person);
  mayCutOff(parts, release, by);
  const atMs = parts.clock();
  const row = {
    ...release,
    ...{ state: 'proposed', source: source.slice(0, 500), source_digest: digest, served_digest: null, manifest: JSON.stringify(manifest) },
    ...{ proposed_by: by.person, proposed_at_ms: atMs, state_by: by.person, state_at_ms: atMs, review_due_ms: null },
  };
  const fresh = {
    kind: release.kind,
    id: release.id,
    owner: named,
    current: null,
    known_good: null,
    canary: null,
    canary_people: '[]',
    canary_share: 0,
  };
  const detail = `${digest}, ${manifest.files.length} files, ${manifest.definitions.length} definitions`;
  await commitAct(parts, releaseEntry('release.proposed', release, { by, atMs, detail }), async (tx) => {
    if (!(await insertRelease(tx, row, bytes))) return false;
    return subject !== undefined || (await writeSubject(tx, undefined, fresh));
  });
  return await parts.detail(release);
}

/** Approval is bound to bytes: other bytes under a version that is known are told of and kept out. */
async function changedUpstream(
  parts: ReleaseParts,
  release: ReleaseName,
  { was, now, by }: { readonly was: string; readonly now: string; readonly by: ProvenPerson },
): Promise<never> {
  const detail = `${was} in the catalog, ${now} in the source`;
  await commitAct(parts, releaseEntry('release.changed_upstream', release, { by, atMs: parts.clock(), detail }), async () => true);
  throw new UserError(
    `${release.id}@${release.version} is in the catalog with other files (${was.slice(0, 19)}); what was sent in has ${now.slice(0, 19)}. It was kept out, and what was reviewed stays as it is.`,
    'If the change is meant, give it a version of its own and propose that.',
  );
}

/** What policy lets run now would be refused until it is reviewed. */
function mayCutOff({ policy }: ReleaseParts, { kind, id, version }: ReleaseName, by: ProvenPerson): void {
  const running = kind === 'plugin' ? policy().plugins.get(id) : undefined;
  if (!running || running.releases || running.version !== version || by.roles.includes('administrator')) return;
  throw new UserError(
    `${id}@${version} runs now because policy says so; in the catalog it would be refused until it is approved. Nothing was proposed.`,
    'An administrator can propose it; or give the next release a version of its own.',
  );
}
