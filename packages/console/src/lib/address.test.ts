import { expect, it } from 'vitest';
import { addressed, isOurs } from './address.ts';

it('tells addresses of the gateway from anything that only looks like one', () => {
  expect(['/t/TK-1', '/console/approvals?a=/b'].map(isOurs)).toEqual([true, true]);
  const others = ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', 'evil', ''];
  expect(others.map(isOurs)).toEqual(others.map(() => false));
});

it('takes an address and its query apart', () => {
  expect(addressed('/approvals?rule=a%2Fb&view=decided')).toEqual({ to: '/approvals', search: { rule: 'a/b', view: 'decided' } });
});
