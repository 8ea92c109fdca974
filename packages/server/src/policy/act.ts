import type { ApplyReport } from '@trapkey/contract/policy/reports.ts';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { PolicySet } from '../kernel/rules.ts';
import { compileSet } from './compile/set.ts';
import { diffSets } from './diff/diff.ts';
import { folderName, policyEntry } from './entries.ts';
import { compiled, type Good, type PolicyParts } from './parts.ts';
import { type Pointer, readPointer, readProposal, readSet, type StoredSet } from './read.ts';
import { type BlastOfChange, blastOfChange, runningOf, unsigned } from './signing.ts';
import { approveFirst, type Looked, proposeSet, publishSet, rollbackNote } from './store.ts';
import { canonical, isSame, withPeople } from './who.ts';

/** What somebody looked at before they acted: the set that is meant, and the one that ran (see `runningOf`). */
export interface Meant {
  readonly digest?: string | undefined;
  readonly running?: string | undefined;
}

/** A set to be published as its row was looked at, and which person proposed it. */
interface Candidate {
  readonly stored: StoredSet;
  readonly proposedBy: string | undefined;
}

/** Publishes what waits (or the set of `digest`), once enough administrators said so: the running set says how many. */
export async function applyPolicy(parts: PolicyParts, by: ProvenPerson, { digest, running }: Meant = {}): Promise<ApplyReport> {
  mustAdminister(by);
  const pointer = await readPointer(parts.database);
  mustStillRun(pointer, running);
  const waiting = digest === undefined ? await readProposal(parts.database) : await readSet(parts.database, digest);
  if (waiting?.state !== 'proposed') {
    return {
      status: 'nothing',
      says:
        digest === undefined ? 'No change of the policy waits to be applied.' : `No change with the digest ${digest} waits to be applied.`,
    };
  }
  return await decideApply(parts, by, candidate(waiting), pointer, 'policy.apply');
}

/** Goes back to the set that ran before. It is a change like any other, and needs as many administrators. */
export async function rollbackPolicy(parts: PolicyParts, by: ProvenPerson, { digest, running }: Meant = {}): Promise<ApplyReport> {
  mustAdminister(by);
  const pointer = await readPointer(parts.database);
  mustStillRun(pointer, running);
  if (digest !== undefined && digest !== pointer?.previous) throw otherRuns();
  const previous = pointer?.previous === undefined ? undefined : await readSet(parts.database, pointer.previous);
  if (!previous || previous.digest === pointer?.digest) return { status: 'nothing', says: 'No policy ran before this one.' };
  return await decideApply(parts, by, candidate(previous), pointer, 'policy.rollback');
}

function candidate(stored: StoredSet): Candidate {
  return { stored, proposedBy: stored.state === 'proposed' && stored.by !== folderName ? stored.by : undefined };
}

/** Refuses, in words, where another set runs than whoever acts looked at. */
export function mustStillRun(pointer: Pointer | undefined, looked: string | undefined): void {
  if (looked !== undefined && looked !== runningOf(pointer)) throw otherRuns();
}

function otherRuns(): UserError {
  return new UserError('Another policy runs meanwhile. Nothing was changed.', 'Look at what runs now, then decide again.');
}

async function decideApply(
  parts: PolicyParts,
  given: ProvenPerson,
  { stored, proposedBy }: Candidate,
  pointer: Pointer | undefined,
  action: string,
): Promise<ApplyReport> {
  const next = compileSet(stored.files, parts.env);
  if (!next.ok) return { status: 'refused', says: 'This set does not check any more; the running one stays.', errors: next.problems };
  const running = pointer && (await compiled(parts, pointer.digest));
  const [ruling, coming] = [running && withPeople(parts, running.set), withPeople(parts, next.set)];
  const by = canonical(ruling ?? coming, given);
  const own = proposedBy !== undefined && isSame([ruling, coming], proposedBy, by.person);
  const changes = running && diffSets(running, next);
  // A running set that does not check here cannot say that one person is enough.
  const alone = !pointer || running?.set.organization.solo === true || changes?.tightens === true;
  const others = proposedBy !== undefined && !own;
  const blast = await blastOfChange(parts, running?.set, next.set, changes?.tightens === true);
  if (!alone && !others) return await first(parts, by, stored, { own, action, pointer });
  const appliers = proposedBy === undefined ? [by.person] : [by.person, proposedBy];
  const refused = await mustBeSigned(parts, { by: appliers, digest: stored.digest, pointer, blast, governing: ruling ?? coming });
  if (refused) return refused;
  return await publish(parts, next, pointer, {
    by: by.person,
    action,
    reason: alone ? 'by one administrator' : `by two administrators, first ${proposedBy}`,
    // What grows comes first: a long detail is cut.
    detail: [...blast.says, ...(changes?.changes.map(({ says }) => says) ?? [])].join('; '),
    looked: stored,
  });
}

async function mustBeSigned(
  parts: PolicyParts,
  of: {
    readonly by: readonly string[];
    readonly digest: string;
    readonly pointer: Pointer | undefined;
    readonly blast: BlastOfChange;
    readonly governing: PolicySet;
  },
): Promise<ApplyReport | undefined> {
  const { digest, by, governing } = of;
  const { need } = of.blast;
  if (!need) return undefined;
  const says = await unsigned(parts, need, { digest, running: runningOf(of.pointer), governing, by });
  return says === undefined ? undefined : { status: 'sign_off', digest, says, why: need.why };
}

async function first(
  parts: PolicyParts,
  by: ProvenPerson,
  stored: StoredSet,
  of: { readonly own: boolean; readonly action: string; readonly pointer: Pointer | undefined },
): Promise<ApplyReport> {
  const { digest } = stored;
  if (of.own) return { status: 'second_person', digest, first: by.person };
  const atMs = parts.clock();
  const entry = policyEntry({
    action: `${of.action}.first`,
    digest,
    by: by.person,
    atMs,
    reason: 'the running policy asks for a second administrator',
  });
  const set = { digest, files: stored.files, by: by.person, note: rollbackNote, atMs };
  const over = { generation: of.pointer?.generation ?? 0 };
  const committed = await parts.recorder.commit({
    entries: [entry],
    steps: (tx) => (stored.state === 'proposed' ? approveFirst(tx, digest, stored.by, by.person) : proposeSet(tx, set, over)),
  });
  if (committed.status === 'conflict') return { status: 'refused', says: `Nothing was changed: ${committed.conflict}.`, errors: [] };
  return { status: 'second_person', digest, first: by.person };
}

/** Publishes a compiled set in the commit of its entry. */
export async function publish(
  parts: PolicyParts,
  next: Good,
  pointer: Pointer | undefined,
  {
    looked,
    ...why
  }: {
    readonly by: string;
    readonly action: string;
    readonly reason: string;
    readonly detail: string;
    /** The row as it was looked at, of a set that was stored before. */
    readonly looked?: Looked;
  },
): Promise<ApplyReport> {
  const { digest } = next.set;
  const atMs = parts.clock();
  const committed = await parts.recorder.commit({
    entries: [policyEntry({ ...why, digest, atMs })],
    steps: (tx) => publishSet(tx, { digest, files: next.files, by: why.by, note: why.reason, atMs }, pointer, looked),
  });
  if (committed.status === 'conflict') return { status: 'refused', says: `Nothing was changed: ${committed.conflict}.`, errors: [] };
  return { status: 'applied', digest, previous: pointer?.digest, generation: (pointer?.generation ?? 0) + 1 };
}

function mustAdminister(by: ProvenPerson): void {
  if (by.roles.includes('administrator')) return;
  throw new UserError(
    `Changing the policy needs an administrator, and ${by.person} is not one. Nothing was changed.`,
    'Ask an administrator to run the command.',
  );
}
