import type { JsonObject } from '@trapkey/contract/json.ts';
import { describe, expect, it } from 'vitest';
import type { Facts, Moment } from '../../../kernel/facts.ts';
import type { ExpressionScope } from '../../../kernel/rules.ts';
import { shownThrough } from './overlay.ts';
import type { Pending } from './pending.ts';

const expression = <T>(evaluate: (scope: ExpressionScope) => T) => ({ id: 'x', source: '', mentions: new Set<string>(), evaluate });
const connectors = new Map(['crm', 'crm-act', 'mail'].map((id) => [id, { connection: id === 'mail' ? 'mail' : 'crm' }]));
const moment = { atMs: 0, policy: { connectors } } as unknown as Moment;

function factsOf(validateOutput?: (value: unknown) => string | undefined): Facts {
  const overlays = {
    of: 'crm-act.set_tier',
    where: expression(({ staged, args }) => staged?.['id'] === args['id']),
    set: { tier: expression(({ staged }) => staged?.['tier']) },
    rule: 'overlay/crm.get_account',
  };
  return {
    call: { name: 'get_account', args: { id: '7' }, claims: {}, where: undefined },
    subject: {
      person: 'ann',
      groups: [],
      region: '',
      plugin: { id: 'p', version: '1' },
      connector: { id: 'crm', connection: 'crm' },
      run: { id: 'R', startedAtMs: 0 },
    },
    permitted: { rules: { overlays }, pinned: { validateOutput } },
  } as unknown as Facts;
}

const pendingOf = (changes: readonly (readonly [tool: string, args: JsonObject])[], more = false): Pending => ({
  changes: changes.map(([tool, args], at) => ({ batch: 'B-1', n: at + 1, tool, args })),
  batches: ['B-1'],
  more,
});
const structured = { id: '7', tier: 'C' };
const answer: JsonObject = {
  content: [
    { type: 'text', text: JSON.stringify(structured, null, 2) },
    { type: 'text', text: 'trapkey:01' },
  ],
  structuredContent: structured,
};

describe('an answer shown through what is staged', () => {
  it('has what was staged last, in its structured part and in the text that says the same', () => {
    const shown = shownThrough(
      factsOf(),
      answer,
      pendingOf([
        ['crm-act.set_tier', { id: '7', tier: 'A' }],
        ['crm-act.set_tier', { id: '8', tier: 'X' }],
        ['crm-act.set_tier', { id: '7', tier: 'B' }],
      ]),
      moment,
    );
    expect(shown?.result).toEqual({
      content: [
        { type: 'text', text: JSON.stringify({ id: '7', tier: 'B' }, null, 2) },
        { type: 'text', text: 'trapkey:01' },
      ],
      structuredContent: { id: '7', tier: 'B' },
    });
    expect(shown?.notes).toEqual([
      'Staged changes 1 of batch B-1, 3 of batch B-1 are in this answer as if made; nothing of that has happened yet.',
    ]);
  });

  it('stays as it is where it would break its own schema, and says so', () => {
    const shown = shownThrough(
      factsOf(() => 'tier must be a number'),
      answer,
      pendingOf([['crm-act.set_tier', { id: '7', tier: 'A' }]]),
      moment,
    );
    expect(shown?.result).toEqual(answer);
    expect(shown?.notes).toEqual(['Staged change 1 of batch B-1 is not in this answer: it could not be laid over it.']);
  });

  it('says what of the same system is not in it, and nothing of another system', () => {
    const none = { content: [{ type: 'text', text: 'plain words' }] };
    expect(shownThrough(factsOf(), none, pendingOf([['mail.send', { to: 'x' }]]), moment)).toBeUndefined();
    expect(shownThrough(factsOf(), none, pendingOf([['crm-act.set_tier', { id: '9', tier: 'A' }]]), moment)).toBeUndefined();
    const shown = shownThrough(factsOf(), none, pendingOf([['crm-act.set_owner', { id: '7' }]], true), moment);
    expect(shown?.result).toEqual(none);
    expect(shown?.notes).toEqual([
      'Staged changes of this run are not in this answer: 1 of crm-act.set_owner and more in batch B-1. Nothing of them has happened yet.',
    ]);
  });

  it('is laid over a text alone where there is no structured part', () => {
    const alone = { content: [{ type: 'text', text: JSON.stringify(structured) }] };
    const shown = shownThrough(factsOf(), alone, pendingOf([['crm-act.set_tier', { id: '7', tier: 'A' }]]), moment);
    expect(shown?.result).toEqual({ content: [{ type: 'text', text: '{"id":"7","tier":"A"}' }] });
  });
});
