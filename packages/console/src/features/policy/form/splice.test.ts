import { describe, expect, it } from 'vitest';
import { documentsOf, withValue } from './splice.ts';

const text = `# who we are
organization: acme # the company
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 4h } }
---
connector: mail
tools:
  # careful with this one
  send_mail: { effect: send, recipients: args.to }
  look:
    effect: read
`;

describe('one value of a text', () => {
  it('knows the documents of a text by their first key, and says nothing of one that cannot be read', () => {
    expect(documentsOf(text)?.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['organization acme', 'connector mail']);
    expect(documentsOf('a: [')).toBeUndefined();
  });

  it('changes the bytes of that value alone', () => {
    expect(withValue(text, 0, ['approvals', 'high', 'needs'], 2)).toBe(text.replace('needs: 1', 'needs: 2'));
    expect(withValue(text, 0, ['approvals', 'high', 'approvers'], ['group:leads', 'ann@acme.example'])).toBe(
      text.replace('["group:leads"]', '[group:leads, ann@acme.example]'),
    );
  });

  it('puts in what is not there yet, in braces and in lines, with comments where they were', () => {
    expect(withValue(text, 0, ['mode'], 'observe')).toBe(text.replace('4h } }\n', '4h } }\nmode: observe\n'));
    expect(withValue(text, 1, ['tools', 'send_mail', 'stage', 'over'], '20 per run')).toBe(
      text.replace('recipients: args.to }', 'recipients: args.to, stage: { over: 20 per run } }'),
    );
    expect(withValue(text, 1, ['tools', 'look', 'mode'], 'warn')).toBe(
      text.replace('    effect: read\n', '    effect: read\n    mode: warn\n'),
    );
    expect(withValue('plugin: a # mine\n', 0, ['limits', 'actions'], '5 per 1h')).toBe('plugin: a # mine\nlimits: { actions: 5 per 1h }\n');
    expect(withValue('plugin: a', 0, ['mode'], 'warn')).toBe('plugin: a\nmode: warn\n');
  });

  it('takes out what is there, and leaves alone what is not', () => {
    expect(withValue(text, 0, ['approvals', 'high', 'needs'], undefined)).toBe(text.replace(' needs: 1,', ''));
    expect(withValue(text, 0, ['approvals', 'high', 'expires'], undefined)).toBe(text.replace(', expires: 4h', ''));
    expect(withValue(text, 1, ['tools', 'look'], undefined)).toBe(text.replace('  look:\n    effect: read\n', ''));
    expect(withValue(text, 0, ['nothing', 'here'], undefined)).toBe(text);
  });

  it('leaves a text that cannot be read as it is', () => expect(withValue('a: [', 0, ['a'], 1)).toBe('a: ['));
});
