import type { PolicyActed } from '@trapkey/contract/api/policy.ts';
import type { ProvenPerson } from '../../kernel/approvals.ts';
import { UserError } from '../../kernel/errors.ts';
import { freshForMs, isFresh } from '../../kernel/sessions.ts';
import { mustStillRun } from '../act.ts';
import type { PolicyFiles } from '../compile/set.ts';
import { diffSets } from '../diff/diff.ts';
import { folderName, policyEntry } from '../entries.ts';
import { compiled, type PolicyParts } from '../parts.ts';
import { readPointer, readProposal, readSet } from '../read.ts';
import { proposeSet, rollbackNote, withdrawSet } from '../store.ts';
import { canonical, isSame, withPeople } from '../who.ts';
import { compileTexts, sortTexts } from './texts.ts';

/** Throws unless an administrator who just showed a credential asks: proposing is the first of the two who change policy. */
export function mustChange(by: ProvenPerson, atMs: number): void {
  if (!by.roles.includes('administrator'))
    throw new UserError(
      `Changing the policy needs an administrator, and ${by.person} is not one. Nothing was changed.`,
      'Ask an administrator.',
    );
  if (!isFresh(by, atMs))
    throw new UserError(
      `To change the policy, ${by.person} must have shown a credential within the last ${freshForMs / 60_000} minutes. Nothing was changed.`,
      'Show it again, then send it.',
    );
}

/** Stores texts as the change that waits, under the name of who wrote them. What somebody else proposed is decided first. */
export async function proposeTexts(
  parts: PolicyParts,
  given: ProvenPerson,
  { files, note, running: looked }: { readonly files: PolicyFiles; readonly note: string; readonly running: string },
): Promise<PolicyActed> {
  const next = compileTexts(sortTexts(files).set, parts.env);
  if (!next.ok) return acted('refused', null, 'These texts do not check. Nothing was changed.', next.problems);
  const { digest } = next.set;
  if (note === rollbackNote) return acted('refused', null, `A note cannot be \`${rollbackNote}\`. Nothing was changed.`);
  const [pointer, waiting] = await Promise.all([readPointer(parts.database), readProposal(parts.database)]);
  mustStillRun(pointer, looked);
  const running = pointer && (await compiled(parts, pointer.digest));
  const [ruling, coming] = [running && withPeople(parts, running.set), withPeople(parts, next.set)];
  const by = canonical(ruling ?? coming, given);
  if (pointer?.digest === digest) return acted('nothing', digest, 'This is the policy that runs.');
  if (waiting?.digest === digest) return acted('nothing', digest, `This change waits already, since ${waiting.by} proposed it.`);
  if (waiting && (waiting.by === folderName || !isSame([ruling, coming], waiting.by, by.person)))
    return acted('refused', null, `A change by ${waiting.by} waits already. Publish or withdraw it first. Nothing was changed.`);
  const detail = running
    ? diffSets(running, next)
        .changes.map(({ says }) => says)
        .join('; ')
    : '';
  const atMs = parts.clock();
  const entry = policyEntry({ action: 'policy.propose', digest, by: by.person, atMs, reason: note || 'waits to be published', detail });
  const set = { digest, files: next.files, by: by.person, note: note || 'written in the console', atMs };
  const over = { generation: pointer?.generation ?? 0, waiting: waiting ? [waiting.digest] : [] };
  const committed = await parts.recorder.commit({ entries: [entry], steps: (tx) => proposeSet(tx, set, over) });
  if (committed.status === 'conflict') return acted('refused', null, `Nothing was changed: ${committed.conflict}.`);
  return acted('proposed', digest, 'It waits to be published.');
}

/** Takes back exactly the change of `digest`; what the folder holds waits until the folder changes. */
export async function withdrawProposal(parts: PolicyParts, given: ProvenPerson, digest: string): Promise<PolicyActed> {
  const [pointer, waiting] = await Promise.all([readPointer(parts.database), readSet(parts.database, digest)]);
  if (waiting?.state !== 'proposed') return acted('nothing', digest, 'This change of the policy does not wait.');
  if (waiting.by === folderName)
    return acted('refused', digest, 'This change is what the policy folder holds: put the folder back as it was. Nothing was changed.');
  const running = pointer && (await compiled(parts, pointer.digest));
  const by = running ? canonical(withPeople(parts, running.set), given) : given;
  const entry = policyEntry({ action: 'policy.withdraw', digest, by: by.person, atMs: parts.clock(), reason: `proposed by ${waiting.by}` });
  const committed = await parts.recorder.commit({ entries: [entry], steps: (tx) => withdrawSet(tx, waiting) });
  if (committed.status === 'conflict') return acted('refused', digest, `Nothing was changed: ${committed.conflict}.`);
  return acted('withdrawn', digest, 'It does not wait any more.');
}

/** What came of it, as it is sent. */
export function acted(
  status: PolicyActed['status'],
  digest: string | null,
  says: string,
  errors: PolicyActed['errors'] | readonly unknown[] = [],
): PolicyActed {
  return { status, digest, says, errors: errors as PolicyActed['errors'] };
}
