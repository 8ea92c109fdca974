import { releaseSignOff } from '../../inventory/blast/read.ts';
import type { ProvenPerson } from '../../kernel/approvals.ts';
import type { SignOffNeed } from '../../kernel/blast.ts';
import { UserError } from '../../kernel/errors.ts';
import type { StandingGrant } from '../../kernel/grants.ts';
import type { ReleaseName } from '../../kernel/release-standing.ts';
import type { SignOff } from '../../kernel/releases.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import { idOf, type ReviewPolicy } from './people.ts';

/** What the blast radius of a release follows from, besides the release itself. */
export interface BlastBasis {
  readonly policy: () => PolicySet;
  readonly grants: () => Promise<readonly StandingGrant[]>;
  readonly clock: () => number;
}

/** The sign-off that a release needs for what it may alter without a person, under the policy and the grants of now. */
export async function blastNeed(
  { policy, grants, clock }: BlastBasis,
  { kind, id, version }: ReleaseName,
): Promise<SignOffNeed | undefined> {
  const set = policy();
  // What a connector may do is measured with each plugin that has it.
  if (kind !== 'plugin' || !set.organization.blastRadius) return undefined;
  return releaseSignOff({ set, grants: await grants(), nowMs: clock() }, { plugin: id, version });
}

/** Throws unless they are one of those whom `blast_radius.above` names, and there is something to sign. */
export function mustSignBlast(policy: ReviewPolicy, by: ProvenPerson, need: SignOffNeed | undefined): void {
  if (!need)
    throw new UserError('This release needs nobody to sign its blast radius: policy allows what it lets be altered. Nothing was changed.');
  const id = idOf(policy, by.person);
  const groups = by.groups ?? policy.directory.get(id)?.groups ?? [];
  const named = need.rule.approvers.some((one) =>
    one.startsWith('group:') ? groups.includes(one.slice('group:'.length)) : idOf(policy, one) === id,
  );
  if (named) return;
  throw new UserError(
    `Its blast radius is signed by ${namesOf(need)}, and ${by.person} is none of them. Nothing was changed.`,
    'Ask one of them. organization.blast_radius.above says who they are.',
  );
}

/** What is missing of that sign-off, in words. `opener`: who would open the release; their own signature does not count. */
export function missingBlast(need: SignOffNeed | undefined, signOffs: readonly SignOff[], opener?: string): readonly string[] {
  if (!need) return [];
  const signed = signOffs.filter(({ aspect, passed, person }) => aspect === 'blast_radius' && passed && person !== opener).length;
  const missing = need.rule.needs - signed;
  if (missing <= 0) return [];
  return [
    `a blast_radius sign-off by ${missing} ${signed > 0 ? 'more ' : ''}of ${namesOf(need)}, besides who opens it: ${need.why.join(' ')}`,
  ];
}

function namesOf({ rule }: SignOffNeed): string {
  return rule.approvers.map((one) => one.replace(/^group:/, 'group ')).join(', ');
}
