import { UserError } from '../../kernel/errors.ts';
import type { Tx } from '../../kernel/recorder.ts';
import type { ReleaseAct, ReleaseDetail, Releases } from '../../kernel/releases.ts';
import { mustBeIn } from '../review/acts.ts';
import { missingBlast } from '../review/blast.ts';
import { idOf, mustBeAnother, mustBeFresh, mustHave } from '../review/people.ts';
import { gone } from '../row.ts';
import { subjectOf, withoutCanary } from './moves.ts';
import { commitAct, type ReleaseParts, releaseEntry } from './parts.ts';
import { moveLatch, moveState, writeSubject } from './writing-store.ts';

const peopleMax = 1_000;
const dayMs = 86_400_000;
const reviewInDefaultMs = 180 * dayMs;
const reviewInMaxMs = 366 * dayMs;

function mustBeReviewed(release: ReleaseDetail, opener: string | undefined): void {
  const { id, version, over, signOffs } = release;
  const missing = release.missing.length > 0 ? release.missing : missingBlast(over, signOffs, opener);
  if (missing.length === 0) return;
  throw new UserError(`${id}@${version} is not reviewed yet: ${missing.join('; ')}. Nothing was changed.`);
}

/** What opens a release to people: by an administrator who did not propose it, once its review is complete. */
function mayOpen(parts: ReleaseParts, { by }: ReleaseAct, release: ReleaseDetail, what: string): void {
  mustHave(by, ['administrator'], what);
  mustBeFresh(by, parts.clock());
  const policy = parts.policy();
  mustBeAnother(policy, by, release.proposedBy, what.toLowerCase());
  mustBeReviewed(release, policy.organization.solo ? undefined : idOf(policy, by.person));
}

/** Lets some people use it, and nobody else; the others stay on the release before. */
export async function openCanary(parts: ReleaseParts, act: Parameters<Releases['canary']>[0]): Promise<ReleaseDetail> {
  const release = await parts.detail(act);
  mayOpen(parts, act, release, 'A canary');
  mustBeIn(release, ['in review', 'canary'], 'a canary');
  const people = [...new Set(act.people.map((person) => idOf(parts.policy(), person)))];
  const inRange = Number.isSafeInteger(act.share) && act.share >= 0 && act.share <= 10_000;
  if (!inRange || people.length > peopleMax || (people.length === 0 && act.share === 0))
    throw new UserError(`A canary is for named people (${peopleMax} at most), or for a share between 0 and 100 %. Nothing was changed.`);
  const subject = await subjectOf(parts, act);
  const atMs = parts.clock();
  const detail = `${people.length} people, ${act.share / 100} % of all; ${release.sourceDigest}`;
  await commitAct(parts, releaseEntry('release.canary', act, { by: act.by, atMs, reason: act.reason, detail }), async (tx) => {
    if (!(await moveState(tx, act, release.state, { state: 'canary', by: act.by.person, atMs }))) return false;
    // One release at a time is tried: another that was goes back to its review.
    if (subject.canary !== null && subject.canary !== act.version) {
      const back = { ...act, version: subject.canary };
      if (!(await moveState(tx, back, 'canary', { state: 'in review', by: act.by.person, atMs }))) return false;
    }
    await moveLatch(tx);
    return await writeSubject(tx, subject, {
      ...subject,
      canary: act.version,
      canary_people: JSON.stringify(people),
      canary_share: act.share,
    });
  });
  return await parts.detail(act);
}

/** Makes it the release that everybody uses. */
export async function approveRelease(parts: ReleaseParts, act: Parameters<Releases['approve']>[0]): Promise<ReleaseDetail> {
  const release = await parts.detail(act);
  mayOpen(parts, act, release, 'Approval');
  mustBeIn(release, ['in review', 'canary'], 'approval');
  const subject = await subjectOf(parts, act);
  const atMs = parts.clock();
  const inMs = act.reviewInMs ?? reviewInDefaultMs;
  if (!(inMs >= dayMs && inMs <= reviewInMaxMs))
    throw new UserError('A release is reviewed again after 1 to 366 days. Nothing was changed.');
  const detail = `${release.sourceDigest}; ${release.capabilities.map(({ capability }) => capability).join(', ') || 'no capability'}`;
  await commitAct(parts, releaseEntry('release.approved', act, { by: act.by, atMs, reason: act.reason, detail }), async (tx) => {
    const to = { state: 'approved', by: act.by.person, atMs, reviewDueMs: atMs + inMs } as const;
    if (!(await moveState(tx, act, release.state, to))) return false;
    if (act.kind === 'connector') await acceptAll(parts, tx, release, act.by.person, atMs);
    await moveLatch(tx);
    return await writeSubject(tx, subject, {
      ...withoutCanary(subject, act.version),
      current: act.version,
      known_good: subject.current ?? subject.known_good,
    });
  });
  return await parts.detail(act);
}

/** Approving a connector accepts what was reviewed of it, and nothing that came later. */
async function acceptAll({ pins, policy }: ReleaseParts, tx: Tx, { id, manifest }: ReleaseDetail, by: string, atMs: number): Promise<void> {
  const connection = policy().connectors.get(id)?.connection;
  if (connection === undefined) return;
  const reviewed = new Map(manifest.definitions.map(({ kind, name, digest }) => [`${kind} ${name}`, digest] as const));
  for (const row of await pins.of(connection)) {
    const digest = reviewed.get(`${row.kind} ${row.name}`);
    const fits = row.changed_digest === gone ? digest === undefined : row.changed_digest !== null && row.changed_digest === digest;
    if (fits) await pins.accept(tx, row, by, atMs);
  }
}
