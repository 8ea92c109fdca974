import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decide } from '../../packages/server/src/pipeline/decide.ts';
import { policyWith, upstreamFixtures } from '../decisions/cases.ts';
import { type House, openHouse } from '../decisions/house.ts';
import { callOf } from './call-of.ts';

const startMs = Date.parse('2026-11-02T09:00:00Z');
const by = { person: 'op', assurance: 'proved' } as const;

function salesCall(connector: string, name: string, args: { readonly [key: string]: string }) {
  const call = callOf({ tool: 't0', person: 'ann@o.example', version: '1', audience: 'right', n: 1, to: 'a@o.example' }, startMs);
  const endpoint = { plugin: 'sales', version: '2.1.0', connector };
  const credential = { ...call.credential, person: 'j.rivera@corp.example', audience: `/p/sales/2.1.0/${connector}` };
  return { ...call, endpoint, name, args, credential };
}

describe('a stop of another process that this one has not heard of', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse({ policy: policyWith({}), fixtures: upstreamFixtures(), atMs: startMs });
    const other = await house.elsewhere();
    await other.engage({ scope: { kind: 'everything' }, mode: 'full', by, reason: 'drill' });
  });
  afterEach(() => house.close());

  for (const [name, call] of [
    ['refuses an allowed call', salesCall('crm', 'search_contacts', {})],
    ['lets no probe leave', salesCall('crm-act', 'send_campaign', { list_id: '77' })],
  ] as const) {
    test(name, async () => {
      const { policy, organization } = house.frame.moment();
      const { end } = decide(house.frame.stages, call, { atMs: startMs, policy, organization, probes: new Map() });
      // As far as this process knows, it would go on: only the transaction knows better.
      expect('ruling' in end).toBe(false);
      const handled = await house.handle(call, { signal: new AbortController().signal });
      expect(handled).toMatchObject({ kind: 'refused', ruling: { code: 'stopped' }, happened: 'nothing' });
      expect(house.upstream.reached).toEqual([]);
      const kinds = (await house.entries()).filter((entry) => entry.call === call.id).map(({ kind }) => kind);
      expect(kinds).toEqual(['requested', 'decided']);
    });
  }
});
