import type { BatchChange, BatchDetail, BatchProposal, BatchSummary } from '@trapkey/contract/api/batches.ts';
import { counted } from '../kernel/counted.ts';
import { revealed } from '../kernel/revealed.ts';
import { columns } from './columns.ts';

const fieldsMax = 12;
const valueCharactersMax = 200;

/** Batches as a table. */
export function batchesText(batches: readonly BatchSummary[]): string {
  if (batches.length === 0) return 'No batches.\n';
  const rows = batches.map((batch) => [
    batch.id,
    batch.state,
    String(batch.changes),
    batch.state === 'open' ? '' : `${batch.marked}/${batch.sample}`,
    plain(batch.release),
    plain(batch.person),
  ]);
  return columns(['BATCH', 'STATE', 'CHANGES', 'MARKED', 'RELEASE', 'PERSON'], rows);
}

/** One batch in a few lines. */
export function summaryText(batch: BatchSummary): string {
  const { done, failed, conflicts, refused, unknown } = batch.progress;
  const made = done + failed + conflicts + refused + unknown;
  return lines([
    `Batch ${batch.id} is ${batch.state}. ${batch.says}`,
    `${counted(batch.changes, 'change', 'changes')} of ${plain(batch.release)} for ${plain(batch.person)}${batch.attempt > 1 ? `, submission ${batch.attempt}` : ''}: ${batch.tools.map(({ tool, count }) => `${count} × ${plain(tool)}`).join(', ') || 'not submitted yet'}`,
    batch.state === 'open' ? undefined : `Sample      ${batch.marked} of ${batch.sample} marked, ${batch.wrong} wrong`,
    batch.needs === 0 ? undefined : `Approvals   ${batch.approvals.length} of ${batch.needs}`,
    `Asked       ${batch.asked.map((one) => plain(one).replace(/^group:/, 'group ')).join(', ')} (rule ${plain(batch.rule)})`,
    made === 0 ? undefined : `So far      ${done} made, ${failed} failed, ${conflicts} conflicts, ${refused} refused, ${unknown} unknown`,
    batch.paused_for === null ? undefined : `Paused      ${plain(batch.paused_for)}`,
    batch.reason === null ? undefined : `Reason      ${plain(batch.reason)}`,
    batch.frozen === null ? undefined : `Frozen      ${plain(batch.frozen.says)}`,
  ]);
}

/** Everything about one batch but its changes. */
export function detailText({ batch, statement, clean, because, proposal, draw, waits_for: waits }: BatchDetail): string {
  const said = statement ?? clean;
  return `${summaryText(batch)}${lines([
    waits === null ? undefined : `Waits for   ${plain(waits)}`,
    said === null ? undefined : `${statement ? 'The sample says' : 'A clean sample would say'}: ${said.says}`,
    because === null ? undefined : `Inspection  ${batch.inspection ?? ''}: ${because}`,
    draw.root === null
      ? undefined
      : `Drawn by    seed ${draw.seed ?? 'not revealed'}, committed to as ${draw.commitment ?? '?'}, root ${draw.root}`,
  ])}${proposal ? proposalText(proposal) : ''}`;
}

function proposalText({ reach, destinations, fields, lists, duplicates, conflicts, unreadable }: BatchProposal): string {
  return lines([
    `Reaches     ${reach.records} records, ${reach.people} people${reach.unknown > 0 ? `, and ${reach.unknown} changes that nobody could count` : ''}`,
    ...fields
      .slice(0, fieldsMax)
      .flatMap(({ tool, field, values, rest }) => [
        `${plain(tool)} ${plain(field)}:`,
        ...values.map(
          ({ from, to, count }) => `  ${String(count).padStart(7)}  ${from === null ? '' : `${plain(from)} → `}${plain(to ?? '—')}`,
        ),
        rest > 0 ? `  ${String(rest).padStart(7)}  with other values` : undefined,
      ]),
    destinations.length === 0
      ? undefined
      : `Goes to     ${destinations.map(({ value, count }) => `${plain(value)} (${count})`).join(', ')}`,
    ...lists.map(({ list, changes, examples }) => `On a list   ${changes} on ${plain(list)}: ${examples.join(', ')}`),
    duplicates.records === 0
      ? undefined
      : `Twice       ${duplicates.records} records are changed more than once, by ${duplicates.changes} changes`,
    ...conflicts.map((one) => `Also in     ${one.batch} of ${plain(one.person)} (${one.state}): ${one.records} of the same records`),
    unreadable === 0 ? undefined : `Unreadable  ${unreadable} cannot be opened`,
  ]);
}

/** Changes, each with what it would alter and its mark. */
export function changesText(changes: readonly BatchChange[]): string {
  if (changes.length === 0) return 'No changes.\n';
  return changes.map(changeText).join('');
}

function changeText(change: BatchChange): string {
  const record = Object.entries((change.record ?? {}) as Readonly<Record<string, unknown>>);
  const about = record.map(([name, value]) => `${plain(name)} ${valueText(value)}`).join(', ');
  const drawn =
    change.drawn === null
      ? change.shown_because === null
        ? ''
        : `, shown because: ${plain(change.shown_because)}`
      : `, drawn ${change.drawn}.`;
  const diff = change.diff?.map(
    ({ field, from, to }) => `  ${plain(field)}: ${from === undefined ? '' : `${valueText(from)} → `}${valueText(to)}`,
  );
  return lines([
    `${change.n}  ${plain(change.connector)}.${plain(change.tool)}${about === '' ? '' : `, ${about}`}, ${change.state}${drawn}`,
    ...(diff ?? ['  cannot be opened']),
    change.lists.length === 0 ? undefined : `  on a list: ${change.lists.map(plain).join(', ')}`,
    change.mark === null
      ? undefined
      : `  marked ${change.mark} by ${plain(change.marked_by ?? '')}${change.note === null ? '' : `: ${JSON.stringify(change.note)}`}`,
  ]);
}

function valueText(value: unknown): string {
  if (value === undefined) return '—';
  return plain(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, valueCharactersMax);
}

function plain(text: string): string {
  return revealed(text.replaceAll(/[\r\n\t\p{Zl}\p{Zp}]+/gu, ' '));
}

function lines(some: readonly (string | undefined)[]): string {
  return some.flatMap((line) => (line === undefined ? [] : [`${line}\n`])).join('');
}
