import type { ProvenPerson } from '../../../kernel/approvals.ts';
import { UserError } from '../../../kernel/errors.ts';
import { freshForMs, isFresh } from '../../../kernel/sessions.ts';
import { hasAny, runners } from '../../../kernel/sight.ts';
import { wordsOf } from '../deciding/commit.ts';

/** Throws, in words, unless this person may take things back: what one did oneself too. */
export function mayUndo(by: ProvenPerson): void {
  if (hasAny(runners, by)) return;
  throw new UserError(
    `${by.person} is neither operator nor administrator, and only they take back what was done. Nothing was changed.`,
    'Ask one of them; an administrator gives roles with `trapkey enroll`.',
  );
}

/** Throws when more than one call would be taken back on an old proof. */
export function freshEnough(by: ProvenPerson, atMs: number): void {
  if (isFresh(by, atMs)) return;
  throw new UserError(
    `To take back more than one call, ${by.person} must have shown a credential within the last ${freshForMs / 60_000} minutes. Nothing was changed.`,
    'Show it again, then start it.',
  );
}

/** The reason as it is kept; throws where there is none. */
export function reasonOf(text: string, what: string): string {
  const words = wordsOf(text);
  if (words !== '') return words;
  throw new UserError(`${what} needs a reason. Nothing was changed.`, 'Say why, in a sentence.');
}
