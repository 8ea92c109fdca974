import { UserError } from '../../kernel/errors.ts';
import type { Tx } from '../../kernel/recorder.ts';
import type { ReleaseName } from '../../kernel/release-standing.ts';
import type { ReleaseAct, ReleaseDetail, Releases } from '../../kernel/releases.ts';
import { mustBeIn } from '../review/acts.ts';
import { idOf, mustBeAnother, mustBeFresh, mustHave } from '../review/people.ts';
import { gone } from '../row.ts';
import { commitAct, type ReleaseParts, releaseEntry } from './parts.ts';
import { moveLatch, moveState, revokeTokens, type SubjectRow, writeSubject } from './store.ts';

const peopleMax = 1_000;
const dayMs = 86_400_000;
const reviewInDefaultMs = 180 * dayMs;
const reviewInMaxMs = 366 * dayMs;

async function subjectOf({ reader }: ReleaseParts, { kind, id }: Pick<ReleaseName, 'kind' | 'id'>): Promise<SubjectRow> {
  const found = await reader.subject(kind, id);
  if (!found) throw new UserError(`The catalog has no ${kind} ${id.slice(0, 100)}.`, 'See: trapkey catalog releases.');
  return found;
}

function mustBeReviewed(release: ReleaseDetail): void {
  if (release.missing.length === 0) return;
  throw new UserError(`${release.id}@${release.version} is not reviewed yet: ${release.missing.join('; ')}. Nothing was changed.`);
}

/** What opens a release to people: by an administrator who did not propose it, once its review is complete. */
function mayOpen(parts: ReleaseParts, { by }: ReleaseAct, release: ReleaseDetail, what: string): void {
  mustHave(by, ['administrator'], what);
  mustBeFresh(by, parts.clock());
  mustBeAnother(parts.policy(), by, release.proposedBy, what.toLowerCase());
  mustBeReviewed(release);
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

function withoutCanary(subject: SubjectRow, version: string): SubjectRow {
  return subject.canary === version ? { ...subject, canary: null, canary_people: '[]', canary_share: 0 } : subject;
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

/** Another approved release is current from the next call on. */
export async function rollBack(parts: ReleaseParts, act: Parameters<Releases['rollBack']>[0]): Promise<ReleaseDetail> {
  const subject = await subjectOf(parts, act);
  const version = act.version ?? subject.known_good;
  if (version === null)
    throw new UserError(
      `The catalog knows no earlier good release of ${act.id}. Nothing was changed.`,
      'Name one with --to, or stop it: trapkey stop plugin:<name>.',
    );
  const target: ReleaseName = { kind: act.kind, id: act.id, version };
  const release = await parts.detail(target);
  mayClose(parts, { ...act, version }, release, 'Rolling back');
  mustBeIn(release, ['approved', 'deprecated'], 'rolling back to');
  const atMs = parts.clock();
  const detail = `from ${subject.current ?? 'none'}${subject.canary === null ? '' : `, canary ${subject.canary} ended`}; ${release.sourceDigest}`;
  await commitAct(parts, releaseEntry('release.rolled_back', target, { by: act.by, atMs, reason: act.reason, detail }), async (tx) => {
    if (!(await moveState(tx, target, release.state, { state: release.state, by: release.stateBy, atMs: release.stateAtMs }))) return false;
    if (subject.canary !== null) {
      const back = { ...target, version: subject.canary };
      if (!(await moveState(tx, back, 'canary', { state: 'in review', by: act.by.person, atMs }))) return false;
    }
    await moveLatch(tx);
    const without = subject.canary === null ? subject : withoutCanary(subject, subject.canary);
    return await writeSubject(tx, subject, { ...without, current: version, known_good: null });
  });
  return await parts.detail(target);
}

/** What narrows: its owner may, and every administrator. */
function mayClose(parts: ReleaseParts, { by }: ReleaseAct, { owner }: ReleaseDetail, what: string): void {
  mustHave(by, ['administrator'], what, idOf(parts.policy(), owner) === idOf(parts.policy(), by.person));
}

/** It may still be used where it is current; something should take its place. */
export async function deprecate(parts: ReleaseParts, act: ReleaseAct): Promise<ReleaseDetail> {
  const release = await parts.detail(act);
  mayClose(parts, act, release, 'Deprecating');
  mustBeIn(release, ['approved'], 'deprecating');
  const atMs = parts.clock();
  await commitAct(parts, releaseEntry('release.deprecated', act, { by: act.by, atMs, reason: act.reason }), (tx) =>
    moveState(tx, act, 'approved', { state: 'deprecated', by: act.by.person, atMs }),
  );
  return await parts.detail(act);
}

/** Refused from the next call on, for good; its tokens end. What was good before becomes current again. */
export async function revokeRelease(parts: ReleaseParts, act: ReleaseAct): Promise<ReleaseDetail> {
  const release = await parts.detail(act);
  mayClose(parts, act, release, 'Revoking');
  mustBeIn(release, ['proposed', 'in review', 'canary', 'approved', 'deprecated'], 'revoking');
  if (act.reason.trim() === '') throw new UserError('Say why it is revoked. Nothing was changed.');
  const subject = await subjectOf(parts, act);
  const atMs = parts.clock();
  const isCurrent = subject.current === act.version;
  const good = subject.known_good === act.version ? null : subject.known_good;
  const current = isCurrent ? good : subject.current;
  const detail = `${release.sourceDigest}${isCurrent ? `; current is now ${current ?? 'none'}` : ''}`;
  await commitAct(parts, releaseEntry('release.revoked', act, { by: act.by, atMs, reason: act.reason, detail }), async (tx) => {
    if (!(await moveState(tx, act, release.state, { state: 'revoked', by: act.by.person, atMs }))) return false;
    if (act.kind === 'plugin') await revokeTokens(tx, act, atMs);
    await moveLatch(tx);
    return await writeSubject(tx, subject, { ...withoutCanary(subject, act.version), current, known_good: isCurrent ? null : good });
  });
  return await parts.detail(act);
}
