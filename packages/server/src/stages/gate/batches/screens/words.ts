import type { BatchSummary } from '@trapkey/contract/api/batches.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { plain } from '../../screens/words.ts';

/** States as a person reads them: a sign and a word, so that colour is never alone; `tone` is that of tickets. */
export const stateWords: Readonly<Record<BatchSummary['state'], { readonly sign: string; readonly word: string; readonly tone: string }>> =
  {
    open: { sign: '＋', word: 'Open', tone: '' },
    proposed: { sign: '◷', word: 'To be marked', tone: 'held' },
    returned: { sign: '↩', word: 'Returned', tone: 'refused' },
    ready: { sign: '✓', word: 'Ready', tone: 'approved' },
    applying: { sign: '▸', word: 'Applying', tone: 'held' },
    paused: { sign: '‖', word: 'Paused', tone: 'held' },
    applied: { sign: '✓', word: 'Applied', tone: 'done' },
    aborted: { sign: '✕', word: 'Ended in the middle', tone: 'refused' },
    refused: { sign: '✕', word: 'Refused', tone: 'refused' },
    withdrawn: { sign: '↩', word: 'Withdrawn', tone: '' },
  };

const reasons: Readonly<Record<string, string>> = {
  wrong_before: 'it was wrong in an earlier submission',
  first: 'the first',
  last: 'the last',
  largest_reach: 'the largest reach',
  largest_amount: 'the largest amount',
};

/** Why a change is shown beside the sample. */
export function becauseWords(because: string): string {
  return plain(reasons[because] ?? because.replace(/^stratum: /, 'one of a kind that the draw missed, '));
}

const charactersMax = 400;

/** A value of somebody else's as one line. */
export function valueWords(value: unknown): string {
  if (value === undefined) return '—';
  const text = typeof value === 'string' ? value : JSON.stringify(value as Json);
  return plain(text.length <= charactersMax ? text : `${text.slice(0, charactersMax)}…`);
}
