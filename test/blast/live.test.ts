import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlastReport } from '../../packages/server/src/kernel/blast.ts';
import { entriesOf, type Gateway, type House, openHouse } from '../support/e2e.ts';
import { ann, as, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

const members = { list: ['a@corp.example', 'b@else.example', 'c@else.example'] };
const campaign = `
  campaign:
    effect: send
    recipients: { probe: { tool: members, args: { list: args.list_id } }, value: result.emails }
  everyone:
    effect: send
    reach: { probe: { tool: members, args: { list: "'list'" } }, value: size(result.emails) }
`;

describe('trapkey blast, over a gateway that serves', () => {
  let upstream: RecordingUpstream;
  let house: House;
  let gateway: Gateway;
  let policy: string;

  beforeAll(async () => {
    const list = { inputSchema: { type: 'object', properties: { list: { type: 'string' } } } };
    upstream = await startUpstream({
      look: {},
      note: {},
      campaign: {},
      everyone: {},
      members: { ...list, answer: (args) => ({ content: [], structuredContent: { emails: members[args['list'] as 'list'] ?? [] } }) },
    });
    policy = corp(upstream.url)
      .replace('  slow: { effect: read }\n', '  slow: { effect: read }\n  members: { effect: read }\n')
      .replace('  send:\n', `${campaign.slice(1)}  send:\n`);
    house = openHouse({ 'corp.yaml': policy });
    gateway = await house.serve({ command: ['up', '--admin', ann] });
  });
  afterAll(async () => {
    await gateway?.stop();
    house?.remove();
    await upstream?.close();
  });

  it('says what runs unattended under the set that runs, and what a folder would make of it', async () => {
    const bounded = openHouse({
      'corp.yaml': policy.replace('autonomy: { crm-act.note', 'limits: { records: 40 per 1d }\nautonomy: { crm-act.note'),
    });
    // They only read, so one need not wait for the other.
    const [said, compared, nobody] = await Promise.all([
      house.run(['blast', 'sales']),
      house.run(['--policy', bounded.policy, 'blast', 'sales', '--json']),
      house.run(['blast', 'nobody']),
    ]);
    bounded.remove();
    expect(said).toMatchObject({
      status: 0,
      out: expect.stringContaining('Unattended, one run of sales can change records without bound (nothing limits crm-act.note'),
    });
    const report = JSON.parse(compared.out) as BlastReport & { compared: { changes: readonly { says: string }[] } };
    expect(report.plugins).toMatchObject([{ run: { records: 40, people: 0 } }]);
    expect(report.compared.changes.map(({ says }) => says)).toContain('sales: one run unattended, records: unbounded → 40');
    expect(nobody).toMatchObject({ status: 2, err: expect.stringContaining('There is no plugin nobody') });
  });

  it('asks the system with --live: a read by a person who proves it, decided and recorded', async () => {
    expect(await house.run(['blast', 'sales', '--live', ...as(ann)], { input: 'WRONG' })).toMatchObject({ status: 2 });
    expect(upstream.calls).toEqual([]);
    const file = join(house.folder, 'campaign.json');
    writeFileSync(file, JSON.stringify({ list_id: 'list' }));
    const words = ['blast', 'sales', '--live', '--tool', 'crm-act.campaign', '--arguments', file, '--json', ...as(ann)];
    const counted = await house.run(words, { input: gateway.code });
    expect(counted.err).toBe('');
    const live = (JSON.parse(counted.out) as BlastReport).plugins[0]?.actions.find(({ tool }) => tool === 'campaign')?.live;
    expect(live).toMatchObject({ reach: 3, call: expect.any(String) });
    expect(upstream.calls).toMatchObject([{ name: 'members', args: { list: 'list' } }]);
    const entries = await entriesOf(house, `call:${live?.call}`);
    expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['requested', 'decided', 'executed']));
    const all = await house.run(['blast', 'sales', '--live', ...as(ann)], { input: gateway.code });
    expect(all.out).toContain('crm-act.everyone (now: 3 people, read in call');
    expect(all.out).toContain('crm-act.campaign (now: it counts for certain arguments');
  });

  it('asks nobody for a person who may not read it', async () => {
    const before = upstream.calls.length;
    const enrolled = await house.run(['enroll', boss, '--role', 'administrator', '--json', ...as(ann)], { input: gateway.code });
    const { code } = JSON.parse(enrolled.out) as { code: string };
    const said = await house.run(['blast', 'sales', '--live', '--tool', 'crm-act.everyone', ...as(boss)], { input: code });
    expect(said.out).toContain('it was not counted');
    expect(upstream.calls).toHaveLength(before);
  });

  it('gives the same over HTTP to those who look after it', async () => {
    const { url } = gateway;
    expect((await fetch(`${url}/api/blast`)).status).toBe(401);
  });
});
