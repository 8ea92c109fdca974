import { describe, expect, test } from 'vitest';
import type { Credential } from '../../packages/server/src/kernel/call.ts';
import { type OfferFrame, offerWith } from '../../packages/server/src/pipeline/offer.ts';
import { policyWith, upstreamFixtures } from '../decisions/cases.ts';
import { recordingUpstream } from '../decisions/upstream.ts';

const atMs = Date.parse('2026-11-02T09:00:00Z');

function offered(
  endpoint: { plugin: string; version: string; connector: string },
  more: Partial<Credential> = {},
  edit: Record<string, string> = {},
) {
  const policy = policyWith(edit);
  const frame: OfferFrame = {
    moment: () => ({ policy, organization: policy.organization }),
    clock: () => atMs,
    reading: { current: () => ({ id: 'R-1', startedAtMs: atMs, fresh: true }) },
    definitions: recordingUpstream(upstreamFixtures()).definitions,
    stops: { current: () => ({ generation: 0, stops: [], unreadable: false }) },
  };
  const credential: Credential = {
    kind: 'token',
    id: 'c',
    person: 'j.rivera@corp.example',
    groups: [],
    client: 'test',
    audience: `/p/${endpoint.plugin}/${endpoint.version}/${endpoint.connector}`,
    profile: undefined,
    assurance: { person: 'proved', plugin: 'proved' },
    ...more,
  };
  const answer = offerWith(frame)(credential, endpoint, undefined);
  if (answer instanceof Promise) throw new Error('an offer is made at once');
  return answer;
}

const sales = (connector: string) => ({ plugin: 'sales', version: '2.1.0', connector });
const desk = (connector: string) => ({ plugin: 'desk', version: '1.0.0', connector });
const names = (answer: ReturnType<typeof offered>) => ('verdict' in answer ? answer.code : answer.tools.map(({ name }) => name));

describe('what is offered', () => {
  test('is what the connector lists and a read-only connector may do', () => {
    expect(names(offered(sales('crm')))).toEqual(['search_contacts', 'list_members', 'get_account']);
  });
  test('is narrower under a profile; a condition on arguments counts as met', () => {
    expect(names(offered(desk('crm')))).toEqual(['search_contacts']);
    expect(names(offered(desk('crm'), { profile: 'outreach' }))).toEqual(['search_contacts', 'list_members']);
  });
  test('is nothing on a connector that the profile leaves out', () => {
    const answer = offered(desk('crm-act'));
    expect(names(answer)).toEqual([]);
  });
  test('is everything but our own names where the connector says so', () => {
    expect(names(offered(sales('wiki-all')))).toEqual(['read_page', 'save_page', 'secret_tool']);
  });
  test('shows what an observing connector would let pass', () => {
    expect(names(offered(sales('wiki')))).toContain('secret_tool');
  });
  test('has resources and prompts of the patterns only', () => {
    const answer = offered(sales('crm'));
    if ('verdict' in answer) throw new Error(answer.says);
    expect(answer.prompts).toEqual([{ name: 'brief-account' }]);
    expect(answer.resources.map((resource) => resource['uri'])).toContain('crm://accounts/4821');
    expect(answer.resources.map((resource) => resource['uri'])).not.toContain('crm://salaries/1');
  });
  test('has the schema that would pass', () => {
    const answer = offered(sales('crm'));
    if ('verdict' in answer) throw new Error(answer.says);
    expect(answer.tools.find(({ name }) => name === 'get_account')?.inputSchema).toEqual({
      type: 'object',
      properties: { id: { type: 'string', pattern: '^[0-9]{4,8}$' } },
      required: ['id'],
      additionalProperties: false,
    });
  });
  test('is a refusal where the endpoint is not for this identity', () => {
    expect(names(offered({ ...sales('crm'), version: '2.0.3' }))).toBe('release_not_current');
    expect(names(offered(sales('crm'), { person: 'f.grau@corp.example' }))).toBe('not_for_person');
    expect(names(offered(sales('finance-warehouse')))).toBe('not_enforceable');
    expect(names(offered(sales('crm'), { audience: '/p/sales/2.1.0/mail' }))).toBe('wrong_audience');
  });
});
