import type { Json } from '@trapkey/contract/json.ts';
import { type Clock, rfc3339 } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import { newCallId, newId } from '../../../kernel/ids.ts';
import { type Announce, announceNothing } from '../../../kernel/messages.ts';
import { rulesOf } from '../../../kernel/operation.ts';
import type { DrillWish, Quality } from '../../../kernel/quality.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import type { Gated } from '../gated.ts';
import { sentence } from '../sentence.ts';
import { type TicketDatabase, type TicketRow, ticketStore } from '../store.ts';
import { summaryOf } from '../view.ts';
import { approvalQuality } from './read.ts';

interface QualityParts {
  readonly database: TicketDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => PolicySet;
  readonly announce?: Announce;
}

/** How well people decide, and drills of it. */
export function openQuality(parts: QualityParts): Quality {
  const { database, recorder, clock, policy, announce = announceNothing } = parts;
  return {
    read: (days) => approvalQuality(database, days, clock()),
    async drill({ by, via, ...wish }) {
      if (!by.roles.some((role) => role === 'administrator' || role === 'operator'))
        throw new UserError('A drill is seeded by an operator or administrator. Nothing was changed.');
      const atMs = clock();
      const sealed = recorder.seal('drill', sealedAs(wish));
      const row = rowOfDrill(policy(), wish, sealed.digest, atMs);
      const entry = {
        timestamp: rfc3339(atMs),
        kind: 'admin',
        action: 'drill.seeded',
        actor: `trapkey-${via}`,
        subject: row.id,
        on_behalf_of: by.person,
        rule: row.rule,
        assurance: { on_behalf_of: 'proved' },
      } as const;
      await recorder.commit({
        entries: [entry],
        sealed: [sealed],
        steps: async (tx) => {
          await ticketStore(database).insert(tx, row);
          // Told like any other question: a drill that looks like one teaches nothing.
          await announce(tx, 'held', summaryOf(row, atMs));
          return { ok: true };
        },
      });
      return row.id;
    },
  };
}

function sealedAs(wish: DrillWish): Json {
  return { arguments: wish.arguments, extra: {}, call: { method: 'tools/call', name: wish.tool } };
}

/** Its key is of no call there can be, so no call ever finds it; and whoever runs tickets leaves drills out. */
function rowOfDrill(policy: PolicySet, wish: DrillWish, sealed: string, atMs: number): TicketRow {
  const connector = policy.connectors.get(wish.connector);
  const plugin = policy.plugins.get(wish.plugin);
  const rules = connector && rulesOf(connector, { method: 'tools/call', name: wish.tool, extra: {} });
  if (!connector || !plugin || !rules)
    throw new UserError(
      `The policy has no ${wish.plugin} with ${wish.connector}.${wish.tool}. Nothing was changed.`,
      'See `trapkey catalog list`.',
    );
  const tier = policy.organization.tiers.get(rules.effect) ?? 'high';
  const asks = rules.approvals ?? policy.organization.approvalsByTier?.get(tier) ?? policy.organization.approvals;
  const id = newId('TK');
  const facts = {
    call: { name: wish.tool, args: wish.arguments },
    subject: { connector, person: wish.person },
    permitted: { rules },
    tiered: {
      tier,
      effect: rules.effect,
      reversible: rules.reversible,
      reach: wish.reach,
      recipients: undefined,
      destination: 'outside',
      amount: undefined,
    },
  } as unknown as Gated;
  return {
    ...{ id, state: 'held', dedupe: `drill:${id}`, person: wish.person.toLowerCase(), plugin: plugin.id, version: plugin.version },
    ...{ connector: connector.id, tool: wish.tool, run: newId('R'), call: newCallId(atMs), attempt: 0, arguments: sealed, definition: '' },
    ...{
      policy: policy.digest,
      reach: wish.reach,
      recipients: null,
      rule: asks.rule,
      sentence: sentence(facts),
      approvers: JSON.stringify(asks.approvers),
    },
    ...{ needs: asks.needs, decisions: '[]', decided_reason: null, created_at_ms: atMs, expires_at_ms: atMs + asks.expiresMs },
    ...{ decided_at_ms: null, executing_at_ms: null, finished_at_ms: null, effect: rules.effect, tier, account: null, goal: null },
    ...{ linked: null, cumulative: wish.reach, facts: JSON.stringify({ environment: connector.environment, destination: 'outside' }) },
    ...{ groups: JSON.stringify(asks.distinct ?? []), run_when: 'resume' as const, original: null, editors: '[]', escalated_to: null },
    ...{ result: null, picked_up_at_ms: null, run_claimed_at_ms: null, drill: 1, reminded_at_ms: null, escalated_at_ms: null, opened: 0 },
  };
}
