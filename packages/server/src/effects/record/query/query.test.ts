import { codes, tiers, verdicts } from '@trapkey/contract/codes.ts';
import type { Entry } from '@trapkey/contract/entry.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../kernel/errors.ts';
import { columnFilter } from './columns.ts';
import { queryFields } from './fields.ts';
import { matcherOf } from './match.ts';
import { parseQuery } from './parse.ts';

const now = Date.parse('2026-06-06T14:00:00.000Z');
const sent: Entry = {
  entry: 18422,
  timestamp: '2026-06-06T13:22:08.114Z',
  kind: 'executed',
  actor: 'cowork-agent',
  on_behalf_of: 'j.rivera@corp.example',
  action: 'send_email',
  approval: 'human:m.osei@corp.example,a.b@corp.example',
  data_sources: ['crm:account/4821', 'drive:Acme.com brief.docx'],
  plugin: 'sales-outreach@2.1',
  reversible: false,
  call: '01J',
  attempt: 1,
  connector: 'mail',
  tier: 'high',
  verdict: 'allow',
  code: 'approved',
  reach: 12,
  amount: null,
  would: [{ verdict: 'deny', code: 'check_failed', rule: 'mail/quiet-hours', mode: 'warn' }],
  result: { bytes: 212, rows: 1, screened: [] },
  assurance: { on_behalf_of: 'proved', model: 'claimed' },
};
const finds = (text: string) => matcherOf(parseQuery(text, now))(sent);
const mistake = (text: string): string => {
  try {
    parseQuery(text, now);
  } catch (error) {
    if (error instanceof UserError) return `${error.message} ${error.next ?? ''}`;
    throw error;
  }
  return 'no mistake';
};

describe('query', () => {
  it.each([
    'plugin:sales-outreach verdict:allow tier:high since:24h "acme.com"',
    'plugin:sales-outreach@2.1',
    'verdict:deny verdict:allow',
    '-verdict:deny -verdict:hold',
    'on_behalf_of:j.rivera@corp.example acme.com',
    'approval:human',
    'approval:human:m.osei@corp.example',
    'approval:human:a.b@corp.example',
    'would.code:check_failed would.mode:warn',
    'reach:12 reversible:false result.rows:1 entry:18422',
    'amount.currency:null session:null',
    'assurance:claimed',
    'data_sources:crm:account/4821 data_sources:other',
    'data_sources:"drive:Acme.com brief.docx"',
    'since:2026-06-06 until:2026-06-06T13:22:08.115Z',
    'since:2026-06-06T15:22:08.114+02:00',
    '-"quiet evening"',
    '',
  ])('finds by %s', (text) => expect(finds(text)).toBe(true));

  it.each([
    'verdict:deny',
    '-verdict:allow',
    'plugin:sales',
    'plugin:sales-outreach@2',
    'since:30m',
    'until:2026-06-06',
    '"acme.com" "nothing"',
    '-approval:human',
    'approval:self',
    'would.verdict:allow',
    'reach:null',
    'tier:high -acme.com',
  ])('does not find by %s', (text) => expect(finds(text)).toBe(false));

  it.each([
    ['plugn:x', 'plugn is not a field of an entry. The nearest is plugin.'],
    ['tier:hgih', 'the nearest is high'],
    ['verdict:allowed', 'its values are allow, deny, hold, stage; the nearest is allow'],
    ['agent:7', 'Its parts are agent.id, agent.parent, agent.depth.'],
    ['agent.name:7', 'Its parts are agent.id'],
    ['sinse:24h', 'The nearest is since.'],
    ['since:yesterday', 'since:yesterday is not a time. Write a duration (30s 5m 1h 7d)'],
    ['since:2026-02-30', 'is not a time'],
    ['since:', 'says nothing to look for'],
    ['-until:1h', 'is not a time'],
    ['reach:many', 'it is a whole number'],
    ['reversible:yes', 'it is true or false'],
    ['"open', 'close each quote'],
    ['https://acme.com', 'quote them'],
    ['a'.repeat(5000), 'longer than 4000'],
  ])('refuses %s', (text, says) => expect(mistake(text)).toContain(says));

  it('reads every field and every value of the closed lists', () => {
    for (const [field, type] of queryFields) {
      const value = Array.isArray(type) ? type[0] : type === 'number' ? '1' : type === 'boolean' ? 'true' : 'x';
      expect(parseQuery(`${field}:${value} ${field}:null`, now).terms).toHaveLength(2);
    }
    for (const code of Object.keys(codes)) expect(mistake(`code:${code}`)).toBe('no mistake');
    for (const tier of Object.keys(tiers)) expect(mistake(`tier:${tier}`)).toBe('no mistake');
  });

  it('throws nothing but UserError, whatever is typed', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => mistake(text) !== ''));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('-', ':', '"', '\\', ' ', 'verdict', 'allow', 'since', '1h', 'x'), { maxLength: 12 }),
        (parts) => mistake(parts.join('')) !== '',
      ),
    );
  });

  it('narrows by columns only where they can miss nothing', () => {
    const filter = (text: string) => columnFilter(parseQuery(text, now)).equal;
    expect(filter('verdict:hold verdict:deny connector:mail')).toEqual([
      { column: 'connector', values: ['mail'] },
      { column: 'verdict', values: ['hold', 'deny'] },
    ]);
    expect(filter('-verdict:hold verdict:null call:null tier:high')).toEqual([]);
    expect(Object.keys(verdicts)).toContain('hold');
  });
});
