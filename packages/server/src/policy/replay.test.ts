import { expect, test } from 'vitest';
import { type RecordedDecision, replay } from './replay.ts';

test('every verdict that would be another one is counted and listed, and what is erased is counted too', async () => {
  async function* decisions(): AsyncGenerator<RecordedDecision<{ readonly reach: number }>> {
    for (let reach = 0; reach < 10; reach++)
      yield { call: `C${reach}`, was: 'allow', says: `touch ${reach}`, inputs: reach === 3 ? undefined : { reach } };
    yield { call: 'C10', was: 'hold', says: 'touch 50', inputs: { reach: 50 } };
  }
  const report = await replay(decisions(), ({ reach }) => ({
    verdict: reach > 20 ? 'deny' : reach > 7 ? 'hold' : 'allow',
    code: 'approval_needed',
    rule: 'tier/medium',
  }));
  expect(report).toMatchObject({ replayed: 10, same: 7, unreadable: 1, transitions: { 'allow→hold': 2, 'hold→deny': 1 }, more: false });
  expect(report.changed.map(({ call, was, now }) => `${call} ${was}→${now}`)).toEqual(['C8 allow→hold', 'C9 allow→hold', 'C10 hold→deny']);
});

test('a decision that asks for a fact that was never read is not guessed', async () => {
  async function* one(): AsyncGenerator<RecordedDecision<object>> {
    yield { call: 'C1', was: 'allow', says: 'x', inputs: {} };
  }
  expect(await replay(one(), () => undefined)).toMatchObject({ replayed: 0, unreadable: 1, changed: [] });
});
