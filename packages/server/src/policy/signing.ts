import type { DiffReport, SignReport } from '@trapkey/contract/policy/reports.ts';
import { blastChanges, type Standing, signOffNeeded } from '../inventory/blast/read.ts';
import type { ProvenPerson } from '../kernel/approvals.ts';
import type { SignOffNeed } from '../kernel/blast.ts';
import { UserError } from '../kernel/errors.ts';
import type { PolicySet } from '../kernel/rules.ts';
import { compileSet } from './compile/set.ts';
import { diffSets } from './diff/diff.ts';
import { policyEntry } from './entries.ts';
import { compiled, type Good, type PolicyParts } from './parts.ts';
import { type Pointer, readPointer, readProposal, readSet, readSigns } from './read.ts';
import { putSign } from './store.ts';
import { canonical, idOf, withPeople } from './who.ts';

/** Two sets with what stands beside them: grants do not change with a policy. */
async function standings(
  parts: Pick<PolicyParts, 'grants' | 'clock'>,
  running: PolicySet | undefined,
  next: PolicySet,
): Promise<{ readonly before: Standing | undefined; readonly after: Standing }> {
  const beside = { grants: (await parts.grants?.()) ?? [], nowMs: parts.clock() };
  return { before: running && { set: running, ...beside }, after: { set: next, ...beside } };
}

/** What a change does to what can be altered without a person, and the sign-off that it asks for. */
export interface BlastOfChange {
  readonly says: readonly string[];
  readonly need: SignOffNeed | undefined;
}

/** What a change does to the blast radius of every plugin. A change that is proved to tighten asks nobody. */
export async function blastOfChange(
  parts: Pick<PolicyParts, 'grants' | 'clock'>,
  running: PolicySet | undefined,
  next: PolicySet,
  tightens: boolean,
): Promise<BlastOfChange> {
  const { before, after } = await standings(parts, running, next);
  return { says: blastChanges(before, after).map(({ says }) => says), need: tightens ? undefined : signOffNeeded(before, after) };
}

/** Every difference between two sets, with what it does to the blast radius. */
export async function diffWithBlast(parts: Pick<PolicyParts, 'grants' | 'clock'>, running: Good, next: Good): Promise<DiffReport> {
  const diff = diffSets(running, next);
  const { says, need } = await blastOfChange(parts, running.set, next.set, diff.tightens);
  if (says.length === 0 && !need) return diff;
  const signOff =
    need && `It needs ${need.rule.needs} of ${namesOf(need.rule.approvers)} to sign it (\`trapkey policy sign\`): ${need.why.join('; ')}.`;
  return { ...diff, blast: says, ...(signOff !== undefined && { signOff }) };
}

/** Why a change may not be published yet; undefined once enough of those who may sign it did, who are not who applies it. */
export async function unsigned(
  parts: Pick<PolicyParts, 'database'>,
  need: SignOffNeed,
  of: {
    readonly digest: string;
    readonly running: string;
    readonly governing: PolicySet;
    /** Those who apply it: their own signature does not count, but where one person runs all this. */
    readonly by: readonly string[];
  },
): Promise<string | undefined> {
  const { governing } = of;
  const signed = (await readSigns(parts.database, of.digest, of.running)).filter(
    (person) => governing.organization.solo || !of.by.some((one) => idOf(governing, one) === idOf(governing, person)),
  );
  const { needs, approvers } = need.rule;
  if (signed.length >= needs) return undefined;
  const missing = needs - signed.length;
  return `Nothing was changed: more could be altered without a person than blast_radius allows. It needs ${missing} ${signed.length > 0 ? 'more ' : ''}of ${namesOf(approvers)} to sign, besides who applies it: \`trapkey policy sign ${of.digest}\`.`;
}

/** Signs the change that waits (or the set of `digest`). By one of those whom the running set's `blast_radius.above` names. */
export async function signPolicy(parts: PolicyParts, signer: ProvenPerson, digest?: string): Promise<SignReport> {
  const { database } = parts;
  const pointer = await readPointer(database);
  const waiting = digest === undefined ? await readProposal(database) : await readSet(database, digest);
  if (!waiting || waiting.digest === pointer?.digest) return { status: 'nothing', says: 'No change of the policy waits to be signed.' };
  const next = compileSet(waiting.files, parts.env);
  if (!next.ok) return { status: 'nothing', says: 'This set does not check any more; the running one stays.' };
  const running = pointer && (await compiled(parts, pointer.digest));
  const { need } = await blastOfChange(parts, running?.set, next.set, false);
  if (!need) return { status: 'nothing', says: 'This change needs nobody to sign it: blast_radius allows what it lets be altered.' };
  const governing = withPeople(parts, running?.set ?? next.set);
  const by = canonical(governing, signer);
  if (!maySign(governing, need, by))
    throw new UserError(
      `This change is signed by ${namesOf(need.rule.approvers)}, and ${signer.person} is none of them. Nothing was changed.`,
      'Ask one of them to run the command.',
    );
  const of = { digest: waiting.digest, running: runningOf(pointer) };
  const before = await readSigns(database, of.digest, of.running);
  const { person } = by;
  if (before.includes(person)) return { status: 'signed', digest: of.digest, signed: before.length, needs: need.rule.needs };
  const atMs = parts.clock();
  const detail = need.why.join('; ');
  const entry = policyEntry({ action: 'policy.sign', digest: of.digest, by: by.person, atMs, reason: 'organization.blast_radius', detail });
  const committed = await parts.recorder.commit({ entries: [entry], steps: (tx) => putSign(tx, { ...of, person, atMs }) });
  const signed = before.length + (committed.status === 'conflict' ? 0 : 1);
  return { status: 'signed', digest: of.digest, signed, needs: need.rule.needs };
}

/** What a signature is bound to besides the set itself. */
export function runningOf(pointer: Pointer | undefined): string {
  return pointer ? `${pointer.digest}#${pointer.generation}` : 'none';
}

function maySign(set: PolicySet, { rule }: SignOffNeed, by: ProvenPerson): boolean {
  const id = idOf(set, by.person);
  const groups = by.groups ?? set.directory.get(id)?.groups ?? [];
  return rule.approvers.some((one) => (one.startsWith('group:') ? groups.includes(one.slice('group:'.length)) : idOf(set, one) === id));
}

function namesOf(approvers: readonly string[]): string {
  return approvers.map((one) => one.replace(/^group:/, 'group ')).join(', ');
}
