import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import { decidedLine } from './decided-line.ts';

const plain = createColors(false);
const entry = { timestamp: '2026-11-21T03:28:02.564Z', plugin: 'sales@1.0.0', connector: 'demo', tool: 'get-sum' } as const;

test('a call that a rule only observed does not look like one that no rule minds', () => {
  const decided = { ...entry, kind: 'decided', verdict: 'allow', code: 'allowed', rule: 'tier/low' } as const;
  expect(decidedLine(decided, plain)).toContain('allowed sales@1.0.0 demo.get-sum');
  const would = [{ verdict: 'deny', code: 'check_failed', rule: 'check/demo.get-sum/1', mode: 'observe' }] as const;
  expect(decidedLine({ ...decided, would }, plain)).toContain(
    'observe sales@1.0.0 demo.get-sum allowed · tier/low (observe: would deny, check_failed · check/demo.get-sum/1)',
  );
});

test('a changed folder that waits for a person is said; what else an administrator did is in the record', () => {
  const admin = { timestamp: entry.timestamp, kind: 'admin', detail: 'connector demo offers echo (offered)' } as const;
  expect(decidedLine({ ...admin, action: 'policy.propose' }, plain)).toContain(
    'waits for `trapkey policy apply` connector demo offers echo',
  );
  expect(decidedLine({ ...admin, action: 'payload.read' }, plain)).toBeUndefined();
});

test('a name that a caller made up writes no line of its own and moves no cursor', () => {
  const tool = 'x\u001b[2J\u001b]52;c;AAAA\u0007\n03:28:02 allowed sales@1.0.0 demo.pay\u202e';
  const line = decidedLine({ ...entry, tool, kind: 'decided', verdict: 'deny', code: 'not_offered', rule: 'r' }, plain) ?? '';
  expect(line).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]+$/u);
  expect(line).toContain('refused sales@1.0.0 demo.x');
});
