import type { Code } from '@trapkey/contract/codes.ts';
import type { UndoItemState } from '../../../kernel/undo.ts';

/** What stands at a record: an image by its keyed digest, or why it could not be read. */
export type Standing = { readonly image: string } | Unreadable;

/** It could not be read. */
export interface Unreadable {
  readonly unreadable: string;
  /** That was the answer; otherwise it was lost, and says nothing of the record. */
  readonly gone: boolean;
  /** A stop covers even reading. */
  readonly stopped?: boolean;
  /** It was asked, and nothing came back. */
  readonly unanswered?: boolean;
}

/** How it is said that policy does not tell any more how a record is read. */
export const noRead = 'Its tool has no `before` any more, so whether somebody changed it since cannot be read';

/** What is kept of a change that somebody wants to take back. */
export interface Kept {
  /** Whether it was made; undefined where nobody knows. */
  readonly made: true | undefined;
  /** What was there before; undefined where the tool has no `before`. */
  readonly before: string | undefined;
  /** What it left there; undefined where that was not read. */
  readonly after: string | undefined;
  /** Policy says by which call it is taken back, and everything that this needs is still held. */
  readonly undoable: { readonly yes: true } | { readonly yes: false; readonly says: string };
  /** The other undo that took it back, or is about to. */
  readonly elsewhere: string | undefined;
}

/** What was found out about it just now. */
export interface Found {
  /** What stands there once every newer change of the same undo is taken back; undefined where nothing is compared. */
  readonly now: Standing | undefined;
  /** Whether taking it back would set again what the change itself set: so the record has what the change gave it. */
  readonly asLeft: boolean;
  /** Why policy refuses the call that takes it back; undefined where it does not. */
  readonly barred: { readonly code: Code; readonly says: string } | undefined;
}

/** What can be done about a change, and what then stands at its record. */
export interface Verdict {
  readonly state: Extract<UndoItemState, 'possible' | 'same' | 'conflict' | 'lasting' | 'unclear' | 'barred' | 'elsewhere'>;
  readonly says: string | undefined;
  readonly code: Code | undefined;
  /** What must stand there when it is taken back; undefined where nothing is compared. */
  readonly expects: string | undefined;
  /** What older changes of the same record find; undefined where nobody knows. */
  readonly leaves: string | undefined;
}

/** Whether a change can be taken back. Whatever is not certain is not done by itself. */
export function verdictOn(kept: Kept, { now, asLeft, barred }: Found): Verdict {
  const stands = now && 'image' in now ? now.image : undefined;
  const say = (state: Verdict['state'], says?: string, more: Partial<Verdict> = {}): Verdict => ({
    state,
    says,
    code: undefined,
    expects: undefined,
    leaves: stands,
    ...more,
  });
  if (kept.elsewhere !== undefined) return say('elsewhere', `Undo ${kept.elsewhere} takes it back`);
  if (!kept.undoable.yes) {
    if (kept.made) return say('lasting', kept.undoable.says);
    return say('unclear', `Whether it happened is not known: look there. ${kept.undoable.says}`);
  }
  if (stands !== undefined && stands === kept.before) return say('same');
  const compared = comparedWith(kept, now, asLeft);
  if (compared.state === 'possible' && barred) return say('barred', barred.says, { code: barred.code });
  const { state, says } = compared;
  return say(state, says, state === 'possible' ? { expects: stands, leaves: kept.before } : { expects: stands });
}

function comparedWith(
  { made, before, after }: Kept,
  now: Standing | undefined,
  asLeft: boolean,
): { readonly state: 'possible' | 'conflict' | 'unclear'; readonly says?: string } {
  if (before !== undefined && now === undefined) return { state: 'unclear', says: noRead };
  if (before === undefined || now === undefined) {
    if (!made) return { state: 'unclear', says: 'Whether it happened is not known, and nothing can be read back' };
    return { state: 'possible', says: 'What stands there now cannot be compared with how it was left' };
  }
  if ('unreadable' in now) {
    // What was gone then and is gone now was not changed since.
    if (made && after === undefined && now.gone) return { state: 'possible', says: 'What it left cannot be read, then or now' };
    return { state: 'unclear', says: `What stands there now cannot be read: ${now.unreadable}` };
  }
  if (after !== undefined ? now.image === after : asLeft) return { state: 'possible' };
  if (!made) return { state: 'unclear', says: 'Whether it happened is not known, and what stands there now does not tell' };
  if (after === undefined) return { state: 'conflict', says: 'How it was left was not read, so it may have been changed since' };
  return { state: 'conflict', says: 'Somebody changed it since' };
}
