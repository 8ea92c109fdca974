import { expect, test } from 'vitest';
import { openCatalogHouse } from './house.ts';

const note = {
  description: 'Writes a note',
  inputSchema: { type: 'object', properties: { text: { type: 'string', maxLength: 100 } }, required: ['text'] },
};

test('a connector is proposed, reviewed and approved as it declares itself; what comes later is another snapshot', {
  timeout: 60_000,
}, async () => {
  const it = await openCatalogHouse({ look: {}, note });
  try {
    const { releases } = it.desk;
    const lee = await it.approver('lee');
    const first = await releases.proposeConnector({ connector: 'crm', by: lee });
    expect([first.kind, first.id, first.version, first.owner]).toEqual(['connector', 'crm', '1', 'ops@corp.example']);
    const may = first.capabilities.map(({ capability, parts, seenBy }) => [capability, parts, seenBy]);
    expect(may.slice(0, 2)).toEqual([
      ['reads', ['look'], ['gateway']],
      ['changes', ['note'], ['gateway']],
    ]);
    expect((await releases.proposeConnector({ connector: 'crm', by: lee })).version).toBe('1');
    await it.reviewed(first);
    await releases.approve({ kind: 'connector', id: 'crm', version: '1', reason: '', by: await it.root() });
    const { agent } = await it.connect('ann@corp.example');
    expect(await agent.call('note', { text: 'a' })).toMatchObject({ isError: false });

    const wider = {
      ...note,
      inputSchema: { type: 'object', properties: { text: { type: 'string', maxLength: 9_000 }, to: { type: 'string' } } },
    };
    it.house.upstream.offer({ look: {}, note: wider });
    await it.house.restart();
    expect((await agent.call('note', { text: 'b' })).text).toContain('definition_changed');
    const second = await releases.proposeConnector({ connector: 'crm', by: lee });
    expect(second.changes.map(({ says }) => says)).toEqual([
      'tool crm.note text: maxLength from 100 to 9000',
      'tool crm.note takes to',
      'tool crm.note no longer needs text',
    ]);
    await it.reviewed(second);
    // It changes once more while it is reviewed: that is accepted by nobody.
    it.house.upstream.offer({ look: { description: 'Looks, and more' }, note: wider });
    await it.house.restart();
    await releases.approve({ kind: 'connector', id: 'crm', version: '2', reason: '', by: await it.root() });
    await it.house.restart();
    expect(await agent.call('note', { text: 'c', to: 'x' })).toMatchObject({ isError: false });
    expect((await agent.call('look')).text).toContain('definition_changed');
    expect(it.house.reached('look')).toEqual([]);

    await releases.revoke({ kind: 'connector', id: 'crm', version: '2', reason: 'it leaks', by: await it.root() });
    await releases.revoke({ kind: 'connector', id: 'crm', version: '1', reason: 'so does it', by: await it.root() });
    expect((await agent.call('note', { text: 'd' })).text).toContain('release_not_approved');
    expect(it.house.reached('note')).toHaveLength(2);
  } finally {
    await it.close();
  }
});
