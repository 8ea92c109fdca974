import { describe, expect, test } from 'vitest';
import { classify } from './classify.ts';

const tool = (name: string, description = '', properties: object = {}) => ({
  name,
  ...(description !== '' && { description }),
  inputSchema: { type: 'object', properties } as never,
});

describe('what a tool is proposed to be', () => {
  test.each([
    ['getInvoice', 'Returns an invoice.', 'read'],
    ['table_drop', 'Drops a table.', 'delete'],
    ['card-archive', 'Archives a card on a board.', 'write'],
    ['create_draft_email', 'Create a draft.', 'draft'],
    ['send_campaign', 'Send a campaign to a list.', 'send'],
    ['create_refund', 'Create a refund for a charge.', 'pay'],
    ['set_user_permissions', 'Sets what a user may do.', 'execute'],
    ['board_manage', 'Actions: list, get, create, delete', 'delete'],
    ['frobnicate', '', 'unknown'],
  ])('%s: %s is %s', (name, description, effect) => {
    expect(classify(tool(name, description)).effect.value).toBe(effect);
  });

  test('what leaves the deciding to the call is never a read', () => {
    expect(classify(tool('query', 'Query the PostgreSQL database.', { sql: { type: 'string' } })).effect.value).toBe('execute');
    expect(classify(tool('get_anything', 'Call the API.', { method: { enum: ['GET', 'DELETE'] }, path: {} })).effect.value).toBe('execute');
    expect(classify(tool('call_cli', 'Call the CLI.', { command: { type: 'string' } })).destructive.value).toBe(true);
    expect(classify(tool('query', 'Runs a read-only SQL query.', { sql: { type: 'string' } })).effect.value).toBe('read');
  });

  test('a look that may store or start something is not sure, and an annotation never makes it surer', () => {
    expect(classify(tool('get_report', 'Gets a report and waits for the analysis to complete.')).effect.confidence).not.toBe('high');
    expect(classify(tool('get_page', 'Gets a page.', { output_path: { type: 'string' } })).effect.confidence).not.toBe('high');
    const hinted = (annotations: object) => classify({ ...tool('frobnicate'), annotations: annotations as never }).effect.value;
    expect(hinted({ readOnlyHint: true })).toBe('unknown');
    expect(classify({ ...tool('get_x', 'Gets x.'), annotations: { readOnlyHint: false } }).effect.confidence).toBe('low');
  });

  test('names the arguments that count and those that carry things out', () => {
    const { reach, sinks, reversible } = classify(
      tool('send_mail', 'Sends a mail.', { to: { type: 'array' }, body: { type: 'string' }, callback_url: { type: 'string' } }),
    );
    expect(reach.value).toEqual({ argument: 'to', kind: 'list' });
    expect(sinks).toEqual([
      { argument: 'to', kind: 'recipient' },
      { argument: 'body', kind: 'content' },
      { argument: 'callback_url', kind: 'url' },
    ]);
    expect(reversible.value).toBe(false);
  });

  test('a schema that holds itself, or has no bottom, ends in an answer', () => {
    const cyclic: Record<string, unknown> = { type: 'object' };
    cyclic['properties'] = { again: cyclic, items: { items: cyclic } };
    expect(classify({ name: 'get_x', inputSchema: cyclic as never }).effect.value).toBe('read');
  });
});
