import { expect, it } from 'vitest';
import { idTargets } from './id-targets.ts';

it('leads from an id to what it names, however it was typed, and from nothing else', () => {
  expect(idTargets('tk-mqd0d1x9aq')).toEqual([{ to: '/approvals/TK-MQD0D1X9AQ', label: 'Ticket TK-MQD0D1X9AQ' }]);
  expect(idTargets('R-YTRQZ75BN5')[0]?.to).toBe('/runs/R-YTRQZ75BN5');
  expect(idTargets('01M7YRZTGFATP4PWKMVNHYBTCC')[0]?.to).toBe('/record?q=call%3A01M7YRZTGFATP4PWKMVNHYBTCC');
  for (const typed of ['', 'TK-', 'TK-MQD0D1X9AQ/..', 'X-YTRQZ75BN5', '../sign-out']) expect(idTargets(typed)).toEqual([]);
});
