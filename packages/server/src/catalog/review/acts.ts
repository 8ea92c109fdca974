import { UserError } from '../../kernel/errors.ts';
import type { ReleaseState } from '../../kernel/release-standing.ts';
import type { ReleaseAct, ReleaseDetail, Releases } from '../../kernel/releases.ts';
import { commitAct, type ReleaseParts, releaseEntry } from '../releases/parts.ts';
import { moveState, writeSignOff } from '../releases/writing-store.ts';
import { mustSignBlast } from './blast.ts';
import { looksAt } from './capabilities.ts';
import { idOf, mustBeAnother, mustBeFresh, mustHave } from './people.ts';

/** Throws unless a release is in one of these states. */
export function mustBeIn({ kind, id, version, state }: ReleaseDetail, states: readonly ReleaseState[], what: string): void {
  if (states.includes(state)) return;
  throw new UserError(`${kind} ${id}@${version} is ${state}; ${what} is for what is ${states.join(' or ')}. Nothing was changed.`);
}

/** Somebody looks at it from now on; security and data people are asked. */
export async function startReview(parts: ReleaseParts, act: ReleaseAct): Promise<ReleaseDetail> {
  const release = await parts.detail(act);
  const owns = idOf(parts.policy(), release.owner) === idOf(parts.policy(), act.by.person);
  mustHave(act.by, ['administrator', 'approver'], 'Starting a review', owns);
  mustBeIn(release, ['proposed'], 'starting a review');
  const atMs = parts.clock();
  await commitAct(parts, releaseEntry('release.in_review', act, { by: act.by, atMs, reason: act.reason }), (tx) =>
    moveState(tx, act, 'proposed', { state: 'in review', by: act.by.person, atMs }),
  );
  return await parts.detail(act);
}

/** One reviewer's word. Security and data are looked at by different people, and by neither who proposed it. */
export async function signOff(parts: ReleaseParts, act: Parameters<Releases['sign']>[0]): Promise<ReleaseDetail> {
  const { by, aspect, passed, reason } = act;
  const policy = parts.policy();
  const release = await parts.detail(act);
  // Those whom policy names for the blast radius need no other role.
  if (aspect === 'blast_radius') mustSignBlast(policy, by, release.over);
  else mustHave(by, ['approver', 'administrator'], 'Signing off a release');
  mustBeFresh(by, parts.clock());
  mustBeAnother(policy, by, release.proposedBy, 'its review');
  mustBeIn(release, ['in review', 'canary'], 'signing off');
  const other = release.signOffs.find((one) => one.aspect !== aspect && idOf(policy, one.person) === idOf(policy, by.person));
  if (other && !policy.organization.solo)
    throw new UserError(`${by.person} did the ${other.aspect} review; the ${aspect} review is for somebody else. Nothing was changed.`);
  const failed = release.checklist.filter(({ state }) => state === 'failed');
  if (passed && failed.length > 0)
    throw new UserError(
      `It cannot pass as it is: ${failed.map(({ item, says }) => `${item}: ${says}`).join(' ')} Nothing was changed.`,
      'Its author mends that and proposes another version.',
    );
  if (!passed && reason.trim() === '') throw new UserError('Say why it does not pass. Nothing was changed.');
  const found = aspect === 'blast_radius' ? [] : release.capabilities.map(({ capability }) => capability);
  const capabilities = passed ? (act.capabilities ?? found.filter((one) => looksAt[aspect].includes(one))) : [];
  const foreign = capabilities.filter((one) => !found.includes(one));
  if (foreign.length > 0)
    throw new UserError(
      `There is nothing for the ${aspect} review to approve of the capability ${foreign.join(', ')}. Nothing was changed.`,
    );
  const atMs = parts.clock();
  const what = (aspect === 'blast_radius' ? release.over?.why.join(' ') : capabilities.join(', ')) || 'nothing';
  const detail = `${aspect} ${passed ? 'passed' : 'not passed'} for ${what}; ${release.sourceDigest}`;
  await commitAct(parts, releaseEntry('release.signed_off', act, { by, atMs, reason, detail }), async (tx) => {
    // A sign-off is of what was looked at: the state is the same in this transaction, and its bytes never change.
    if (!(await moveState(tx, act, release.state, { state: release.state, by: release.stateBy, atMs: release.stateAtMs }))) return false;
    await writeSignOff(tx, {
      ...{ kind: act.kind, id: act.id, version: act.version, aspect, person: idOf(policy, by.person) },
      ...{ passed: passed ? 1 : 0, capabilities: JSON.stringify(capabilities), note: reason.slice(0, 4_000), at_ms: atMs },
    });
    return true;
  });
  return await parts.detail(act);
}
