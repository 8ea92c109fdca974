import { describe, expect, test } from 'vitest';
import { type Found, type Kept, type Verdict, verdictOn } from './plan.ts';

const kept: Kept = { made: true, before: 'old', after: 'new', undoable: { yes: true }, elsewhere: undefined };
const found: Found = { now: { image: 'new' }, asLeft: false, barred: undefined };
const barred = { code: 'check_failed', says: 'This account is flagged' } as const;
const gone = { unreadable: 'crm.get_account answered with an error', gone: true };
const lost = { unreadable: 'crm.get_account did not answer (lost)', gone: false };

describe('what can be done about a change', () => {
  const cases: readonly (readonly [string, Partial<Kept>, Partial<Found>, Verdict['state']])[] = [
    ['it stands as it was left', {}, {}, 'possible'],
    ['somebody changed it since', {}, { now: { image: 'other' } }, 'conflict'],
    ['it is as before already', {}, { now: { image: 'old' } }, 'same'],
    ['it is as before already, and policy would refuse', {}, { now: { image: 'old' }, barred }, 'same'],
    ['it was sent', { undoable: { yes: false, says: 'Sent' } }, {}, 'lasting'],
    ['it may have been sent', { made: undefined, undoable: { yes: false, says: 'Sent' } }, {}, 'unclear'],
    ['another undo has it', { elsewhere: 'U-1' }, {}, 'elsewhere'],
    ['policy refuses', {}, { barred }, 'barred'],
    ['somebody changed it since and policy refuses', {}, { now: { image: 'other' }, barred }, 'conflict'],
    ['it cannot be read now', {}, { now: gone }, 'unclear'],
    ['it was deleted and is gone still', { after: undefined }, { now: gone }, 'possible'],
    ['it was deleted, or how it was left was lost, and reading it now is lost', { after: undefined }, { now: lost }, 'unclear'],
    ['policy does not tell any more how it is read', {}, { now: undefined }, 'unclear'],
    ['it was deleted and is back', { after: undefined }, { now: { image: 'other' } }, 'conflict'],
    ['how it was left was not read, and it has what the change set', { after: undefined }, { asLeft: true }, 'possible'],
    ['its tool reads nothing before', { before: undefined, after: undefined }, { now: undefined }, 'possible'],
    ['it may not have happened and nothing can be read', { made: undefined, before: undefined }, { now: undefined }, 'unclear'],
    ['it may not have happened and did not', { made: undefined, after: undefined }, { now: { image: 'old' } }, 'same'],
    ['it may not have happened and did', { made: undefined, after: undefined }, { asLeft: true }, 'possible'],
    ['it may not have happened and nobody can tell', { made: undefined, after: undefined }, {}, 'unclear'],
    ['it may not have happened and is gone', { made: undefined, after: undefined }, { now: gone }, 'unclear'],
  ];
  test.each(cases)('%s', (_, of, now, state) => {
    expect(verdictOn({ ...kept, ...of }, { ...found, ...now }).state).toBe(state);
  });

  test('a row of changes of one record is taken back through all its states', () => {
    const newest = verdictOn({ ...kept, before: 'b', after: 'c' }, { ...found, now: { image: 'c' } });
    expect(newest).toMatchObject({ state: 'possible', expects: 'c', leaves: 'b' });
    const older = verdictOn({ ...kept, before: 'a', after: 'b' }, { ...found, now: { image: newest.leaves ?? '' } });
    expect(older).toMatchObject({ state: 'possible', expects: 'b', leaves: 'a' });
  });

  test('what somebody did between two of them is met where it stands', () => {
    const newest = verdictOn({ ...kept, before: 'theirs', after: 'c' }, { ...found, now: { image: 'c' } });
    const older = verdictOn({ ...kept, before: 'a', after: 'b' }, { ...found, now: { image: newest.leaves ?? '' } });
    expect(older).toMatchObject({ state: 'conflict', expects: 'theirs', leaves: 'theirs' });
  });
});
