import { describe, expect, it } from 'vitest';
import { blastChanges, blastReport, releaseSignOff, signOffNeeded } from '../../packages/server/src/inventory/blast/read.ts';
import type { StandingGrant } from '../../packages/server/src/kernel/grants.ts';
import { compileBounds } from '../../packages/server/src/policy/cel/bounds.ts';
import { type Parts, standingOf } from './documents.ts';

const note = { effect: 'write', reversible: true };
const alone = (...tools: readonly string[]) => ({ autonomy: Object.fromEntries(tools.map((tool) => [`mail.${tool}`, 'unattended'])) });

function salesOf(parts: Parts, grants: readonly StandingGrant[] = []) {
  const [sales] = blastReport(standingOf(parts, grants)).plugins;
  if (!sales) throw new Error('there is no plugin');
  return sales;
}

function grantOf(more: Partial<StandingGrant> = {}): StandingGrant {
  const bounds = compileBounds('G-1', 'true');
  if ('says' in bounds) throw new Error(bounds.says);
  const where = { plugin: 'sales', version: '1.0.0', connector: 'mail', tool: 'send_mail', definition: 'sha256:x' };
  const until = Date.parse('2027-01-01T00:00:00Z');
  return { id: 'G-1', person: undefined, ...where, bounds, reachMax: 40, countMax: 10, periodMs: undefined, expiresAtMs: until, ...more };
}

describe('what one action alters unattended', () => {
  it.each([
    ['a fixed reach', { ...note, reach: '3' }, 3],
    [
      'an enforced check of the reach',
      { ...note, reach: 'size(args.ids) * 2', check: [{ rule: 'reach <= 20 && args.ok', says: 'Few.' }] },
      20,
    ],
    ['an enforced check of the list', { ...note, reach: 'size(args.ids)', check: [{ rule: 'size(args.ids) < 10', says: 'Few.' }] }, 9],
    [
      'a schema over the arguments',
      { ...note, reach: 'size(args.ids)', arguments: { properties: { ids: { type: 'array', maxItems: 7 } } } },
      7,
    ],
    ['nothing, where only the caller says', { ...note, reach: 'size(args.ids)' }, null],
    ['nothing, where nobody says', note, null],
    [
      'nothing, where the check only observes',
      { ...note, reach: 'args.n', check: [{ rule: 'reach <= 20', says: 'Few.', mode: 'observe' }] },
      null,
    ],
    [
      'nothing, where the check has a way out',
      { ...note, reach: 'args.n', check: [{ rule: 'args.sure || reach <= 20', says: 'Few.' }] },
      null,
    ],
    [
      'nothing, where it is denied',
      { ...note, reach: 'args.n', check: [{ rule: '!(args.sure && reach <= 20 && args.x)', says: 'Few.' }] },
      null,
    ],
    [
      'nothing, where it is quoted',
      { ...note, reach: 'args.n', check: [{ rule: 'args.t != "a && reach <= 20 && b"', says: 'Few.' }] },
      null,
    ],
    [
      'nothing, where a text may be counted',
      { ...note, reach: 'size(args.ids)', arguments: { properties: { ids: { maxItems: 7 } } } },
      null,
    ],
  ])('is bounded by %s', (_, tool, most) => {
    expect(salesOf({ tools: { edit: tool }, plugin: alone('edit') }).action.records).toBe(most);
  });
});

describe('what runs without a person', () => {
  const people = { send_mail: { effect: 'send', recipients: 'args.to' } };

  it('is nothing that the tier holds, that needs an approval, or that is refused', () => {
    expect(salesOf({ tools: people }).run).toEqual({ people: 0, records: 0 });
    expect(salesOf({ tools: people }).says).toContain('can alter nothing');
    expect(salesOf({ tools: { edit: { ...note, requires_approval: true } }, plugin: alone('edit') }).run.records).toBe(0);
    expect(
      salesOf({ tools: { edit: { ...note } }, plugin: alone('edit'), mail: { access: 'read-only', because: undefined } }).run.records,
    ).toBe(0);
  });

  it('is nothing of what is staged and sampled or only drafts, and ends where a tool is staged', () => {
    const edit = { ...note, reach: '3' };
    const at = (level: string, more: object = {}) =>
      salesOf({ tools: { edit: { ...edit, ...more } }, plugin: { autonomy: { 'mail.edit': level } } });
    expect(at('unattended').run.records).toBeNull();
    expect(at('unattended', { stage: { over: '20 per run' } })).toMatchObject({ action: { records: 3 }, run: { records: 20 } });
    expect(at('unattended', { stage: { over: '2 per run' } })).toMatchObject({ action: { records: 2 }, run: { records: 2 } });
    expect(at('sample').run.records).toBe(0);
    expect(at('sample').actions[0]?.held).toBe('it lands in a batch, and a person looks at a sample before anything happens');
    expect(at('draft').run.records).toBe(0);
    expect(at('draft').actions[0]?.held).toBe('it is refused: its workflow only drafts');
    expect(at('draft', { mode: 'observe' }).run.records).toBeNull();
  });

  it('is everything that only observes, and what nobody listed besides', () => {
    const observing = salesOf({ tools: people, mail: { mode: 'observe' } });
    expect(observing.run).toEqual({ people: null, records: null });
    expect(observing.says).toBe(
      'Unattended, one run of sales can email people without bound (nothing limits mail.send_mail), and run code or change settings over records without bound (nothing limits mail.(any other tool)).',
    );
    expect(salesOf({ tools: { send_mail: { ...people.send_mail, mode: 'warn' } } }).run).toEqual({ people: null, records: 0 });
  });

  it('is what a grant covers, so often and so far', () => {
    expect(salesOf({ tools: people }, [grantOf()])).toMatchObject({ action: { people: 40 }, run: { people: 400 } });
    expect(salesOf({ tools: people }, [grantOf({ periodMs: 3_600_000 })]).run.people).toBe(3_200);
    expect(salesOf({ tools: people }, [grantOf({ reachMax: undefined })]).run.people).toBeNull();
    expect(salesOf({ tools: people }, [grantOf({ version: '0.9.0' })]).run.people).toBe(0);
    expect(salesOf({ tools: people }, [grantOf({ expiresAtMs: 1 })]).run.people).toBe(0);
    const never = { ...people.send_mail, approvals: { approvers: ['group:leads'], grants: 'never' } };
    expect(salesOf({ tools: { send_mail: never } }, [grantOf()]).run.people).toBe(0);
  });

  it('is what the auto-execute list says, while it holds and for its release', () => {
    const line = { tool: 'mail.edit', reach: 5, together: 60, because: 'earned', owner: 'ada@corp.example', until: '2027-03-31' };
    const of = (more: object) => salesOf({ tools: { edit: note }, organization: { auto_execute: [{ ...line, ...more }] } });
    expect(of({})).toMatchObject({ action: { records: 5 }, run: { records: 60 } });
    expect(of({ until: '2026-01-01' }).run.records).toBe(0);
    expect(of({ release: 'sales@0.9.0' }).run.records).toBe(0);
  });

  it('ends where the steps of its approvals begin', () => {
    const held = { ...note, approvals: { approvers: ['group:leads'], above: [{ reach: 25, needs: 2 }] } };
    expect(salesOf({ tools: { edit: held }, plugin: alone('edit') })).toMatchObject({ action: { records: 25 }, run: { records: 25 } });
  });

  it('is for each task profile by itself, and the widest counts', () => {
    const profile = (id: string, tools: readonly string[], limits?: object) => ({
      ...{ profile: id, plugin: 'sales', for: ['group:sales'], allow: [{ connector: 'mail', tools }] },
      ...(limits && { limits }),
    });
    const parts = { tools: { edit: { ...note, reach: '1' }, move: { ...note, reach: '1' } }, plugin: alone('edit', 'move') };
    const profiles = [profile('small', ['edit'], { writes: '10 per run' }), profile('wide', ['move'], { writes: '30 per run' })];
    expect(salesOf({ ...parts, profiles }).run.records).toBe(30);
  });
});

describe('limits', () => {
  const send = { effect: 'send', recipients: 'args.to', mode: 'warn' };

  it('say it as they say it', () => {
    const sales = salesOf({ tools: { send_mail: send }, organization: { limits: { people: '200 per 1d' } } });
    expect(sales.says).toBe('Unattended, one run of sales can email at most 200 people a day.');
    expect(sales).toMatchObject({ action: { people: 200 }, run: { people: 200 }, day: { people: 200 } });
  });

  it('count again in each window of a run, and not at all where they only observe', () => {
    expect(salesOf({ tools: { send_mail: send }, plugin: { limits: { people: '50 per 1h' } } }).run.people).toBe(400);
    expect(
      salesOf({ tools: { send_mail: send }, plugin: { limits: { people: { max: '50 per 1h', mode: 'observe' } } } }).run.people,
    ).toBeNull();
  });

  it('of calls are worth what the largest calls alter', () => {
    const tools = {
      edit: { ...note, reach: '1' },
      bulk: { ...note, reach: '100', approvals: { approvers: ['group:a'], above: [{ reach: 250 }] } },
    };
    const sales = salesOf({ tools, plugin: { ...alone('edit', 'bulk'), limits: { writes: '10 per run' } } });
    // Three calls are all of bulk that nobody is asked about; seven are left for edit.
    expect(sales.run.records).toBe(257);
  });

  it('refuse what they must count and nobody can', () => {
    const sales = salesOf({ tools: { edit: note }, plugin: { ...alone('edit'), limits: { records: '50 per 1d' } } });
    expect(sales.run.records).toBe(0);
    expect(sales.actions[0]?.held).toContain('nobody can say how far it goes');
  });

  it('for each person bound no day of everybody', () => {
    const limits = { people: { max: '200 per 1d', each: 'person' } };
    expect(salesOf({ tools: { send_mail: send }, plugin: { limits } })).toMatchObject({ run: { people: 200 }, day: { people: null } });
  });
});

describe('levers', () => {
  it('say what each change would make of it', () => {
    const sales = salesOf({ tools: { send_mail: { effect: 'send', recipients: 'args.to' } } }, [grantOf({ reachMax: 231 })]);
    expect(sales.run.people).toBe(2_310);
    expect(sales.levers.map(({ says }) => says)).toEqual([
      'trapkey grants revoke G-1 → people: 2,310 becomes 0',
      'hold mail.send_mail over 50 → people: 2,310 becomes 50',
      'limits: { people: 200 per run } on plugin sales → people: 2,310 becomes 200',
    ]);
  });

  it('come true when they are pulled', () => {
    const held = { effect: 'send', recipients: 'args.to', approvals: { approvers: ['group:a'], above: [{ reach: 50 }] } };
    expect(salesOf({ tools: { send_mail: held } }, [grantOf({ reachMax: 231 })]).run.people).toBe(50);
    const parts = { tools: { send_mail: { effect: 'send', recipients: 'args.to' } }, plugin: { limits: { people: '200 per run' } } };
    expect(salesOf(parts, [grantOf({ reachMax: 231 })]).run.people).toBe(200);
  });
});

describe('paths over all connectors of a plugin', () => {
  const reads = { read_inbox_messages: { effect: 'read' }, search_customer_contacts: { effect: 'read' } };

  it('lead from words of outsiders over private data to the outside, and say whether a person stands there', () => {
    const [held] = salesOf({ reads, tools: { send_mail: { effect: 'send', recipients: 'args.to' } } }).paths;
    expect(held).toMatchObject({ unattended: false, says: expect.stringContaining('where a person decides each call') });
    expect(held?.steps.at(-1)).toBe('mail.send_mail');
    const [open] = salesOf({ reads, tools: { send_mail: { effect: 'send', mode: 'observe' } } }).paths;
    expect(open).toMatchObject({ unattended: true, says: expect.stringContaining('which runs without a person') });
  });

  it('need all three', () => {
    expect(salesOf({ reads, tools: { edit: note } }).paths).toEqual([]);
    expect(salesOf({ tools: { send_mail: { effect: 'send' } } }).paths).toEqual([]);
  });
});

describe('a change', () => {
  const max = (most: number) => ({ blast_radius: { max: most, above: { approvers: ['group:security'] } } });
  const parts = (most: number | undefined, reach: string, more: object = {}): Parts => ({
    tools: { edit: { ...note, reach } },
    plugin: { ...alone('edit'), limits: { writes: '10 per run' } },
    organization: { ...(most !== undefined && max(most)), ...more },
  });

  it('says before and after', () => {
    const says = blastChanges(standingOf(parts(undefined, '1')), standingOf(parts(undefined, '30'))).map((one) => one.says);
    expect(says).toEqual(['sales: one action unattended, records: 1 → 30', 'sales: one run unattended, records: 10 → 300']);
  });

  it.each([
    ['grows past the max', 100, parts(100, '1'), parts(100, '30'), true],
    ['grows within the max', 500, parts(500, '1'), parts(500, '30'), false],
    ['shrinks and is still over it', 100, parts(100, '30'), parts(100, '20'), false],
    ['grows without bound', 500, parts(500, '1'), { ...parts(500, 'args.n'), plugin: alone('edit') }, true],
    ['raises the max', 100, parts(100, '1'), parts(1_000, '1'), true],
    ['raises the max and grows below the new one', 100, parts(100, '1'), parts(1_000, '30'), true],
    ['leaves the rule out', 100, parts(100, '1'), parts(undefined, '1'), true],
    ['brings the rule, and grows past it', 100, parts(undefined, '1'), parts(100, '30'), true],
    ['brings the rule', 100, parts(undefined, '1'), parts(100, '1'), false],
  ] as const)('that %s', (_, most, before, after, signed) => {
    const need = signOffNeeded(standingOf(before), standingOf(after));
    expect(need !== undefined).toBe(signed);
    if (signed) expect(need?.rule).toMatchObject({ max: most, approvers: ['group:security'] });
  });
});

describe('a release', () => {
  const parts = (max: number): Parts => ({
    tools: { edit: { ...note, reach: '30' } },
    plugin: { ...alone('edit'), limits: { writes: '10 per run' } },
    organization: { blast_radius: { max, above: { approvers: ['group:security'], needs: 2 } } },
  });

  it('over the max needs the signatures, also where the one before it was over it', () => {
    const need = releaseSignOff(standingOf(parts(100)), { plugin: 'sales', version: '1.1.0' });
    expect(need).toEqual({
      rule: { max: 100, approvers: ['group:security'], needs: 2 },
      why: ['Unattended, one run of sales can change at most 300 records. The max is 100.'],
    });
    expect(releaseSignOff(standingOf(parts(300)), { plugin: 'sales', version: '1.1.0' })).toBeUndefined();
    expect(releaseSignOff(standingOf(parts(100)), { plugin: 'sales', version: '1.1.0', connectors: ['desk'] })).toBeUndefined();
    expect(releaseSignOff(standingOf(parts(100)), { plugin: 'unknown', version: '1.1.0' })).toBeUndefined();
  });

  it('is measured without what another release earned', () => {
    const limited = { ...parts(100), plugin: {}, tools: { send_mail: { effect: 'send', recipients: 'args.to' } } };
    expect(releaseSignOff(standingOf(limited, [grantOf()]), { plugin: 'sales', version: '1.0.0' })).toBeDefined();
    expect(releaseSignOff(standingOf(limited, [grantOf()]), { plugin: 'sales', version: '1.1.0' })).toBeUndefined();
  });
});
