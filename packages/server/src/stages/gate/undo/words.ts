import { counted } from '../../../kernel/counted.ts';
import type { Ruling } from '../../../kernel/stage.ts';
import type { UndoCounts, UndoItemState, UndoScope, UndoView } from '../../../kernel/undo.ts';
import type { UndoRow } from './store.ts';

/** What is taken back, as a sentence names it. */
export function scopeWords(scope: UndoScope): string {
  if (scope.kind !== 'release') return `${scope.kind} ${scope.id}`;
  return `everything that release ${scope.id} did since ${new Date(scope.sinceMs).toISOString()}`;
}

type Says = readonly [UndoItemState, (many: number) => string];

const thing = (many: number) => counted(many, 'change', 'changes');
const was = (many: number) => (many === 1 ? 'was' : 'were');
const looked: readonly Says[] = [
  ['possible', (many) => `${counted(many, 'change', 'changes')} can be undone`],
  ['same', (many) => `${many} ${many === 1 ? 'is' : 'are'} as before already`],
  ['conflict', (many) => `${many} changed since and ${was(many)} left out`],
  ['lasting', (many) => `${many} cannot be undone`],
  ['barred', (many) => `${many} ${was(many)} refused by policy`],
  ['unclear', (many) => `${many} ${many === 1 ? 'is' : 'are'} unknown`],
  ['elsewhere', (many) => `${many} ${many === 1 ? 'is' : 'are'} taken back by another undo`],
];
const ended: readonly Says[] = [
  ['undone', (many) => `${thing(many)} ${was(many)} undone`],
  ['same', (many) => `${many} ${was(many)} as before already`],
  ['conflict', (many) => `${many} changed since and ${many === 1 ? 'stands as it is' : 'stand as they are'}`],
  ['lasting', (many) => `${many} cannot be undone`],
  ['barred', (many) => `${many} ${was(many)} refused by policy`],
  ['failed', (many) => `${many} failed`],
  ['unknown', (many) => `of ${many} nobody knows whether ${many === 1 ? 'it was' : 'they were'} undone: look there`],
  ['unclear', (many) => `${many} ${was(many)} not known well enough to be touched`],
  ['elsewhere', (many) => `${many} ${was(many)} taken back by another undo`],
  ['left', (many) => `${many} ${was(many)} left as ${many === 1 ? 'it is' : 'they are'}`],
  ['possible', (many) => `${many} ${many === 1 ? 'waits' : 'wait'}`],
  ['running', (many) => `${many} ${many === 1 ? 'is' : 'are'} under way`],
];

/** A refusal in words, and what to lift where a stop refused. */
export function refusalWords({ says, code, rule }: Pick<Ruling, 'says' | 'code' | 'rule'>): string {
  const lift = /^stop\/(S-[0-9A-Z]+)$/.exec(rule)?.[1];
  return `${says} (${code}${lift === undefined ? '' : `; it can go on after \`trapkey release ${lift}\``})`.slice(0, 500);
}

/** The counts in a sentence: what can be done, or what was. */
export function countWords(counts: UndoCounts, when: 'looked' | 'ended'): string {
  const parts = (when === 'looked' ? looked : ended).flatMap(([state, says]) => {
    const many = counts[state] ?? 0;
    return many === 0 ? [] : [says(many)];
  });
  if (parts.length === 0) return when === 'looked' ? 'There is nothing to undo.' : 'Nothing was undone.';
  const text = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  return `${sentence(text ?? '')}.`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The scope of a stored undo. */
function scopeOf({ kind, scope, since_ms }: Pick<UndoRow, 'kind' | 'scope' | 'since_ms'>): UndoScope {
  return kind === 'release' ? { kind, id: scope, sinceMs: since_ms ?? 0 } : { kind: kind as 'call' | 'batch' | 'run', id: scope };
}

/** An undo as people see it. */
export function viewOf(row: UndoRow, counts: UndoCounts): UndoView {
  return {
    id: row.id,
    state: row.state as UndoView['state'],
    scope: scopeOf(row),
    release: `${row.plugin}@${row.version}`,
    person: row.person,
    reason: row.reason,
    askedAtMs: row.asked_at_ms,
    lookedAtMs: row.looked_at_ms ?? undefined,
    startedBy: row.started_by ?? undefined,
    startedAtMs: row.started_at_ms ?? undefined,
    endedBy: row.ended_by ?? undefined,
    endedAtMs: row.ended_at_ms ?? undefined,
    run: row.run ?? undefined,
    items: row.items,
    counts,
    step: row.step,
    target: row.target,
    pausedFor: row.paused_for ?? undefined,
    says: says(row, counts),
  };
}

function says(row: UndoRow, counts: UndoCounts): string {
  const left = counts.waiting ?? 0;
  switch (row.state as UndoView['state']) {
    case 'looking':
      return `${counted(row.items - left, 'change', 'changes')} of ${row.items} looked at so far. Nothing was taken back.`;
    case 'looked':
      return `${countWords(counts, 'looked')} Nothing was taken back yet.${row.paused_for === null ? '' : ` Right now it would be refused: ${row.paused_for}.`}`;
    case 'undoing':
      return countWords(counts, 'ended');
    case 'paused':
      return `${countWords(counts, 'ended')} It is paused: ${row.paused_for ?? 'a person paused it'}.`;
    case 'undone':
    case 'aborted':
      return countWords(counts, 'ended');
  }
}
