import { describe, expect, test } from 'vitest';
import { compileSet } from './set.ts';

const organization = (approvals: string, more = '') => ({
  'o.yaml': `organization: corp\napprovals:\n  high:\n    approvers: [group:managers]\n${approvals}\n${more}`,
});
const problems = (files: Record<string, string>) => {
  const set = compileSet(files, {});
  return set.ok ? [] : set.problems.map(({ line, says }) => `${line}: ${says}`);
};
const rule = (approvals: string) => {
  const set = compileSet(organization(approvals), {});
  if (!set.ok) throw new Error(JSON.stringify(set.problems));
  return set.set.organization;
};

test('every key becomes part of the rule; steps inherit what they do not say', () => {
  const { approvals, breakGlass } = (() => {
    const set = compileSet(
      organization(
        [
          '    needs: 2',
          '    expires: 1h',
          '    distinct: [group:managers]',
          '    delegates: { M.Osei@corp.example: { to: k.lind@corp.example, until: 2026-12-24 } }',
          '    remind: 20m',
          '    escalate: { after: 40m, to: [group:directors] }',
          '    run: approval',
          '    above: [{ reach: 5000, needs: 3 }, { reach: 500, approvers: [group:security, group:managers] }]',
        ].join('\n'),
        'break_glass: [group:incident-commanders]',
      ),
      {},
    );
    if (!set.ok) throw new Error(JSON.stringify(set.problems));
    return set.set.organization;
  })();
  expect(breakGlass).toEqual(['group:incident-commanders']);
  expect(approvals).toMatchObject({
    rule: 'approvals/high',
    needs: 2,
    expiresMs: 3_600_000,
    distinct: ['group:managers'],
    remindMs: 1_200_000,
    escalate: { afterMs: 2_400_000, to: ['group:directors'] },
    run: 'approval',
  });
  expect([...(approvals.delegates ?? [])]).toEqual([
    ['m.osei@corp.example', { to: 'k.lind@corp.example', untilMs: Date.parse('2026-12-25T00:00Z') - 1 }],
  ]);
  expect(
    approvals.above?.map(({ reach, rule: { needs, approvers, rule: id, distinct } }) => ({ reach, needs, approvers, id, distinct })),
  ).toEqual([
    { reach: 500, needs: 2, approvers: ['group:security', 'group:managers'], id: 'approvals/high/above 500', distinct: ['group:managers'] },
    { reach: 5000, needs: 3, approvers: ['group:managers'], id: 'approvals/high/above 5000', distinct: ['group:managers'] },
  ]);
});

test('tiers that are left out have those of high', () => {
  expect([...(rule('').approvalsByTier ?? [])].map(([tier]) => tier)).toEqual(['high']);
  const set = compileSet({ 'o.yaml': 'organization: corp\napprovals: { medium: { approvers: [manager], expires: 8h } }\n' }, {});
  if (!set.ok) throw new Error('does not compile');
  expect(set.set.organization.approvals.approvers).toEqual(['group:administrators']);
  expect(set.set.organization.approvalsByTier?.get('medium')).toMatchObject({ approvers: ['manager'], rule: 'approvals/medium' });
});

describe('a rule that nobody could satisfy is a mistake at its line', () => {
  test.each([
    ['    distinct: [group:legal]', '`group:legal` must be among them and is not asked: add it to `approvers`'],
    ['    needs: 1\n    distinct: [group:managers, group:managers]', 'A group stands there twice'],
    ['    escalate: { after: 2h, to: [group:directors] }', 'It has run out (1h) before it is escalated'],
    ['    remind: 1h', 'It has run out (1h) before anybody is reminded'],
    ['    delegates: { A@corp.example: { to: a@corp.example, until: 2026-12-24 } }', '`A@corp.example` cannot stand in for themselves'],
    ['    needs: 3\n    above: [{ reach: 10, needs: 2 }]', 'A farther reach needs fewer people here (2) than a nearer one (3)'],
    ['    above: [{ reach: 10 }, { reach: 10 }]', 'Two steps begin above 10'],
    ['    above: [{ reach: 10, approvers: [a@corp.example], needs: 2 }]', '2 people are needed and only 1 is asked'],
    [
      '    above: [{ reach: 10, approvers: [group:a, group:managers], distinct: [group:a, group:managers] }]',
      '2 groups must each be among 1; raise `needs`',
    ],
  ])('%s', (approvals, says) => {
    const found = problems(organization(approvals));
    expect(found.map((one) => one.replace(/^\d+: /, ''))).toContain(says);
    expect(Number(found[0]?.split(':')[0])).toBeGreaterThan(3);
  });

  test.each([
    ['    distinct: [managers]', 'Write group:<name>'],
    ['    delegates: { group:a: { to: b@corp.example, until: 2026-12-24 } }', 'Write the id of a person'],
    ['    needs: 0', ''],
    ['    run: now', 'resume'],
    ['    escalate: { to: [group:directors] }', '`approvals.high.escalate.after` is missing'],
  ])('so is %s', (approvals, says) => {
    expect(problems(organization(approvals)).join('\n')).toContain(says);
    expect(problems(organization(approvals))).not.toEqual([]);
  });
});
