import type { ApplyReport } from '@trapkey/contract/policy/reports.ts';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import { compileSet } from './compile/set.ts';
import { diffSets } from './diff/diff.ts';
import { folderName, policyEntry } from './entries.ts';
import { compiled, type Good, type PolicyParts } from './parts.ts';
import { type Pointer, readPointer, readProposal, readSet, type StoredSet } from './read.ts';
import { type BlastOfChange, blastOfChange, runningOf, unsigned } from './signing.ts';
import { approveFirst, proposeSet, publishSet, rollbackNote } from './store.ts';

/** Publishes what waits (or the set of `digest`), once enough administrators said so: the running set says how many. */
export async function applyPolicy(parts: PolicyParts, by: ProvenPerson, digest?: string): Promise<ApplyReport> {
  mustAdminister(by);
  const pointer = await readPointer(parts.database);
  const waiting = digest === undefined ? await readProposal(parts.database) : await readSet(parts.database, digest);
  if (waiting?.state !== 'proposed') {
    return {
      status: 'nothing',
      says:
        digest === undefined ? 'No change of the policy waits to be applied.' : `No change with the digest ${digest} waits to be applied.`,
    };
  }
  return await decideApply(parts, by, waiting, pointer, 'policy.apply');
}

/** Goes back to the set that ran before. It is a change like any other, and needs as many administrators. */
export async function rollbackPolicy(parts: PolicyParts, by: ProvenPerson): Promise<ApplyReport> {
  mustAdminister(by);
  const pointer = await readPointer(parts.database);
  const previous = pointer?.previous === undefined ? undefined : await readSet(parts.database, pointer.previous);
  if (!previous || previous.digest === pointer?.digest) return { status: 'nothing', says: 'No policy ran before this one.' };
  return await decideApply(
    parts,
    by,
    previous.state === 'proposed' ? previous : { ...previous, by: folderName },
    pointer,
    'policy.rollback',
  );
}

async function decideApply(
  parts: PolicyParts,
  by: ProvenPerson,
  waiting: StoredSet,
  pointer: Pointer | undefined,
  action: string,
): Promise<ApplyReport> {
  const next = compileSet(waiting.files, parts.env);
  if (!next.ok) return { status: 'refused', says: 'This set does not check any more; the running one stays.', errors: next.problems };
  const running = pointer && (await compiled(parts, pointer.digest));
  const changes = running && diffSets(running, next);
  // A running set that does not check here cannot say that one person is enough.
  const alone = !pointer || running?.set.organization.solo === true || changes?.tightens === true;
  const others = waiting.by !== folderName && waiting.by !== by.person;
  const blast = await blastOfChange(parts, running?.set, next.set, changes?.tightens === true);
  if (!alone && !others) return await first(parts, by, waiting, action);
  const refused = await mustBeSigned(parts, { by, waiting, pointer, blast, governing: running ?? next });
  if (refused) return refused;
  return await publish(parts, next, pointer, {
    by: by.person,
    action,
    reason: alone ? 'by one administrator' : `by two administrators, first ${waiting.by}`,
    // What grows comes first: a long detail is cut.
    detail: [...blast.says, ...(changes?.changes.map(({ says }) => says) ?? [])].join('; '),
  });
}

async function mustBeSigned(
  parts: PolicyParts,
  of: {
    readonly by: ProvenPerson;
    readonly waiting: StoredSet;
    readonly pointer: Pointer | undefined;
    readonly blast: BlastOfChange;
    readonly governing: Good;
  },
): Promise<ApplyReport | undefined> {
  const { need } = of.blast;
  if (!need) return undefined;
  const { digest } = of.waiting;
  const by = of.waiting.by === folderName ? [of.by.person] : [of.by.person, of.waiting.by];
  const says = await unsigned(parts, need, { digest, running: runningOf(of.pointer), governing: of.governing.set, by });
  return says === undefined ? undefined : { status: 'sign_off', digest, says, why: need.why };
}

async function first(parts: PolicyParts, by: ProvenPerson, waiting: StoredSet, action: string): Promise<ApplyReport> {
  const { digest } = waiting;
  if (waiting.state === 'proposed' && waiting.by === by.person) return { status: 'second_person', digest, first: by.person };
  const atMs = parts.clock();
  const entry = policyEntry({
    action: `${action}.first`,
    digest,
    by: by.person,
    atMs,
    reason: 'the running policy asks for a second administrator',
  });
  const set = { digest, files: waiting.files, by: by.person, note: rollbackNote, atMs };
  const committed = await parts.recorder.commit({
    entries: [entry],
    steps: (tx) => (waiting.state === 'proposed' ? approveFirst(tx, digest, waiting.by, by.person) : proposeSet(tx, set)),
  });
  if (committed.status === 'conflict') return { status: 'refused', says: `Nothing was changed: ${committed.conflict}.`, errors: [] };
  return { status: 'second_person', digest, first: by.person };
}

/** Publishes a compiled set in the commit of its entry. */
export async function publish(
  parts: PolicyParts,
  next: Good,
  pointer: Pointer | undefined,
  why: { readonly by: string; readonly action: string; readonly reason: string; readonly detail: string },
): Promise<ApplyReport> {
  const { digest } = next.set;
  const atMs = parts.clock();
  const committed = await parts.recorder.commit({
    entries: [policyEntry({ ...why, digest, atMs })],
    steps: (tx) => publishSet(tx, { digest, files: next.files, by: why.by, note: why.reason, atMs }, pointer),
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
