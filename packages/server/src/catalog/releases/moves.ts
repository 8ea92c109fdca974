import { UserError } from '../../kernel/errors.ts';
import type { ReleaseName } from '../../kernel/release-standing.ts';
import type { ReleaseAct, ReleaseDetail, Releases } from '../../kernel/releases.ts';
import { mustBeIn } from '../review/acts.ts';
import { idOf, mustHave } from '../review/people.ts';
import { commitAct, type ReleaseParts, releaseEntry } from './parts.ts';
import type { SubjectRow } from './store.ts';
import { moveLatch, moveState, revokeTokens, writeSubject } from './writing-store.ts';

/** What the catalog knows of a plugin or connector. Throws when that is nothing. */
export async function subjectOf({ reader }: ReleaseParts, { kind, id }: Pick<ReleaseName, 'kind' | 'id'>): Promise<SubjectRow> {
  const found = await reader.subject(kind, id);
  if (!found) throw new UserError(`The catalog has no ${kind} ${id.slice(0, 100)}.`, 'See: trapkey catalog releases.');
  return found;
}

/** Without the canary of this release, where it is the one that is tried. */
export function withoutCanary(subject: SubjectRow, version: string): SubjectRow {
  return subject.canary === version ? { ...subject, canary: null, canary_people: '[]', canary_share: 0 } : subject;
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
