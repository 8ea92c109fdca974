import { randomBytes } from 'node:crypto';
import type { ChangeDraft, MadeChange } from '../../../kernel/batches.ts';
import type { Staging } from '../../../kernel/changes.ts';
import type { Subject } from '../../../kernel/facts.ts';
import { newId } from '../../../kernel/ids.ts';
import { boundRecipients } from '../recipients.ts';
import { seedCommitment } from '../sampling/draw.ts';
import type { ChangeDigests } from './images.ts';
import type { BatchRow, ChangeRow, MadeRow, OpenBatch } from './staging-store.ts';

const seedBytes = 32;

/** Who approves a batch as a whole; nobody where nothing asks for that. */
type Asked = Pick<BatchRow, 'approvers' | 'needs' | 'groups' | 'rule'>;

function askedBy({ asks, whole }: Staging): Asked {
  return {
    approvers: JSON.stringify(asks.approvers),
    needs: whole ? Math.max(1, asks.needs) : 0,
    groups: JSON.stringify(asks.distinct ?? []),
    rule: asks.rule,
  };
}

/** A new batch. Its seed is made here and committed to before anything of its root is known. */
export function newBatch(call: ChangeDraft['call'], subject: Subject, runKey: string, staging: Staging): BatchRow {
  const seed = randomBytes(seedBytes);
  const nothingYet = {
    submitted_at_ms: null,
    decided_at_ms: null,
    ended_at_ms: null,
    replaces: null,
    root: null,
    summary: null,
    reason: null,
    paused_for: null,
    applied_by: null,
    claimed_at_ms: null,
    claimed_by: null,
    tools: null,
    inspection: null,
    because: null,
    marked: null,
    wrong: null,
    reminded_at_ms: null,
    escalated: '[]',
  };
  const none = { step: 0, target: 0, done: 0, failed: 0, conflicts: 0, refused: 0, unknown: 0, changed: 0, changes: 0, reach: 0 };
  return {
    ...nothingYet,
    ...none,
    ...askedBy(staging),
    id: newId('B'),
    state: 'open',
    person: subject.person,
    plugin: subject.plugin.id,
    version: subject.plugin.version,
    run: subject.run.id,
    run_key: runKey,
    // A client names itself, and PostgreSQL holds no NUL.
    client: call.client.name.replaceAll('\0', '\ufffd').slice(0, 200),
    lasting: 0,
    high: 0,
    created_at_ms: call.atMs,
    attempt: 1,
    level: staging.level,
    sample: staging.sample,
    ticket_over: staging.ticketOver ?? null,
    commitment: seedCommitment(seed),
    seed: seed.toString('hex'),
    approvals: '[]',
  };
}

/** What one more change asks for beyond what its batch asks for already: the stricter of both holds. */
export function stricter(row: OpenBatch, staging: Staging): Partial<BatchRow> {
  const asked = askedBy(staging);
  const overs = [row.ticket_over, staging.ticketOver ?? null].filter((over) => over !== null);
  return {
    ...(asked.needs > row.needs && asked),
    ...(staging.lasting && { lasting: 1 }),
    ...(staging.high && { high: 1 }),
    sample: Math.max(row.sample, staging.sample),
    ticket_over: overs.length > 0 ? Math.min(...overs.map(Number)) : null,
  };
}

/** A staged change. */
export function changeRow(
  { call, facts, ruling, sealedArguments, before, policy }: ChangeDraft,
  place: { readonly batch: string; readonly n: number },
  digests: ChangeDigests,
): ChangeRow {
  const { connector } = call.endpoint;
  const { permitted, tiered } = facts;
  const target = ruling.staging?.before?.target;
  return {
    ...place,
    call: call.id,
    state: 'staged',
    connector,
    tool: call.name,
    effect: tiered?.effect ?? permitted?.rules.effect ?? 'execute',
    digest: digests.change({ connector, tool: call.name, args: call.args, extra: call.extra, image: before?.image }),
    arguments: sealedArguments,
    target: target ? digests.target(target) : null,
    before_sealed: before?.sealed ?? null,
    image: before ? digests.image(before.image) : null,
    definition: permitted?.pinned.digest ?? '',
    policy,
    reach: tiered?.reach ?? null,
    destination: tiered?.destination ?? 'unknown',
    recipients: boundRecipients(digests.recipients, tiered?.recipients),
    lists: JSON.stringify(tiered?.listed ?? []),
    staged_at_ms: call.atMs,
    drawn: null,
    extra: null,
    mark: null,
    marked_by: null,
    marked_at_ms: null,
    note: null,
    ran: null,
    sent: 0,
    code: null,
    started_at_ms: null,
    ended_at_ms: null,
  };
}

/** What is kept of a change that was made; undefined where nothing can have happened. */
export function madeRow(
  { facts, sealedArguments, outcome, sent, before, result, atMs }: MadeChange,
  digests: ChangeDigests,
): MadeRow | undefined {
  const { call, subject, permitted, tiered } = facts;
  if (!sent) return undefined;
  const { change } = call;
  return {
    call: call.id,
    at_ms: atMs,
    run: subject.run.id,
    person: subject.person,
    plugin: subject.plugin.id,
    version: subject.plugin.version,
    connector: subject.connector.id,
    tool: call.name,
    // The undo, where that made it: so that it is not taken for something that the release did.
    batch: change?.id ?? null,
    n: change?.n ?? null,
    // An answer that is an error is no proof that nothing was done.
    state: outcome === 'done' || outcome === 'withheld' ? 'done' : outcome === 'failed' && !before ? 'failed' : 'unknown',
    arguments: sealedArguments,
    before_sealed: before?.sealed ?? null,
    image: before ? digests.image(before.image) : null,
    after_sealed: null,
    after_image: null,
    result: result ?? null,
    definition: permitted.pinned.digest,
    reach: tiered.reach,
    reversible: permitted.rules.undo ? 1 : 0,
    undone_by: null,
  };
}
