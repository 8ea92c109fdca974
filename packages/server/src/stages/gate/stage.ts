import type { LookFor } from '../../kernel/data-memory.ts';
import type { Released } from '../../kernel/facts.ts';
import type { GrantReader } from '../../kernel/grants.ts';
import { weigh } from '../../kernel/observing.ts';
import { type Said, stage } from '../../kernel/stage.ts';
import { askingOf } from './asking.ts';
import { attached } from './attached.ts';
import { holding } from './holding.ts';
import { leaving } from './leaving.ts';
import type { RecipientsDigest } from './recipients.ts';
import { standing } from './standing.ts';

/** Why it may run: what a person said already, the tier, a standing rule. Else a person is asked. Without `digest`, no approval counts for recipients. */
export function gate(grants: GrantReader, digest?: RecipientsDigest, look?: LookFor) {
  return stage({
    name: 'gate',
    needs: ['call', 'subject', 'clear', 'permitted', 'bounded', 'tiered', 'checked', 'sourced', 'within'],
    gives: 'released',
    run: (facts, moment): Said<Released> => {
      const asking = askingOf(facts, moment);
      const asks = asking.rule;
      const instead = standing(facts, moment, asking, grants);
      const holds = [...holding(facts, moment, asking, instead, leaving(facts, look))];
      const { ruling, would } = weigh(holds);
      const answered = attached({ facts, moment, asks, hold: ruling ?? holds[0]?.ruling, digest });
      if (answered) return answered;
      if (ruling) return { ruling, would };
      if (would[0]) return { pass: { code: 'observed', rule: would[0].rule, approval: null, ticket: undefined }, would };
      return { pass: instead ?? { code: 'allowed', rule: `tier/${facts.tiered.tier}`, approval: null, ticket: undefined } };
    },
  });
}
