import * as lists from '@trapkey/contract/codes.ts';
import { describe, expect, it } from 'vitest';
import { findingKinds } from '../../packages/server/src/effects/record/findings.ts';
import { pseudonymOf } from '../../packages/server/src/effects/record/pseudonym.ts';
import { queryFields } from '../../packages/server/src/effects/record/query/fields.ts';
import { shownFields } from '../../packages/server/src/effects/record/show.ts';

/**
 * What outsiders keep, filter and parse by. Adding a value is a line here and a note in the changelog; taking one away or
 * renaming it breaks records that were written and queries that were saved: don't.
 */
describe('the closed lists of the record', () => {
  const words = (list: object) => Object.keys(list).join(' ');

  it('have exactly these values', () => {
    expect(words(lists.verdicts)).toBe('allow deny hold stage');
    expect(words(lists.tiers)).toBe('low medium high');
    expect(words(lists.outcomes)).toBe('done failed unknown withheld');
    expect(words(lists.assurances)).toBe('proved joined claimed unknown');
    expect(words(lists.effects)).toBe('read draft write delete send pay execute');
    expect(words(lists.modes)).toBe('observe warn enforce');
    expect(words(lists.kinds)).toBe(
      'requested probing probed decided held approved edited refused expired withdrawn staged executed closed attributed admin checkpoint',
    );
    expect(words(lists.codes)).toMatchInlineSnapshot(
      `"allowed approved granted auto_execute unattended observed staged changed_since approval_needed checker_hold checker_denied unauthenticated wrong_audience not_for_person unknown_plugin unknown_connector release_not_current release_not_approved not_offered not_in_profile not_signed_in not_entitled bound_elsewhere read_only draft_only table_not_allowed column_denied class_barred region_barred stopped frozen limit_reached invalid_input check_failed policy_error probe_failed definition_changed provenance flow refused_before expired ticket_used upstream_failed upstream_invalid result_withheld not_announced announced_otherwise client_runs record_unavailable not_enforceable bypassed internal"`,
    );
    expect(words(findingKinds)).toBe(
      'edited shown missing moved inserted unreadable name omitted checkpoint rewritten truncated header head',
    );
  });

  it('give each value a sentence', () => {
    const sentences = [lists.verdicts, lists.tiers, lists.outcomes, lists.assurances, lists.kinds, lists.codes, findingKinds].flatMap(
      (list) => Object.values(list),
    );
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});

describe('an entry', () => {
  it('shows its fields in this order', () => {
    expect(shownFields.join(' ')).toMatchInlineSnapshot(
      `"timestamp actor on_behalf_of action approval data_sources model plugin reversible entry kind outcome call attempt run session agent instructions connector tool tool_use method effect tier reach destination amount environment profile verdict code rule ticket batch change would policy definition arguments result changed probe decide_ms held_ms upstream_ms spend coverage assurance subject reason count source detail"`,
    );
  });

  it('is found by these words', () => {
    expect([...queryFields.keys()].join(' ')).toMatchInlineSnapshot(
      `"entry timestamp kind actor on_behalf_of action approval data_sources model plugin reversible outcome call attempt run session agent.id agent.parent agent.depth tool_use instructions.skill instructions.agent_type instructions.prompt spend.micro_usd spend.tokens spend.requests connector tool method effect tier reach destination amount.micro_units amount.currency environment profile verdict code rule ticket batch change changed.before changed.after would.verdict would.code would.rule would.mode policy definition arguments result.digest result.rows result.bytes result.screened result.is_error probe.connector probe.tool probe.for decide_ms held_ms upstream_ms coverage assurance subject reason count source detail"`,
    );
  });

  it('has pseudonyms that an auditor can make again from salt, kind and name', () => {
    const salt = new Uint8Array(32).fill(7);
    expect([pseudonymOf(salt, 'person', 'j.rivera@corp.example'), pseudonymOf(salt, 'source', 'crm:account/4821')]).toMatchInlineSnapshot(`
      [
        "P-GSYVGG0YZCT8NVRHPVHMTNM040",
        "D-1QRR8WN7Q6WDQ2B80E6FVB3BQH",
      ]
    `);
  });
});
