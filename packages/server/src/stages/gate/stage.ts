import type { LookFor } from '../../kernel/data-memory.ts';
import type { Moment, Released } from '../../kernel/facts.ts';
import type { GrantReader } from '../../kernel/grants.ts';
import { weigh } from '../../kernel/observing.ts';
import { type Ruling, type Said, stage } from '../../kernel/stage.ts';
import { askingOf } from './asking.ts';
import { attached } from './attached.ts';
import { changed } from './change.ts';
import type { Gated } from './gated.ts';
import { byTier, holding } from './holding.ts';
import { imageOf, imageProbe } from './image.ts';
import { leaving } from './leaving.ts';
import type { RecipientsDigest } from './recipients.ts';
import { anyStaged, mayStage, staged } from './staged.ts';
import { standing } from './standing.ts';

/** Why it may run: what a person said already, the tier, a standing rule. Else a person is asked. Without `digest`, no approval counts for recipients. */
export function gate(grants: GrantReader, digest?: RecipientsDigest, look?: LookFor) {
  return stage({
    name: 'gate',
    needs: ['call', 'subject', 'clear', 'permitted', 'bounded', 'tiered', 'checked', 'sourced', 'within'],
    gives: 'released',
    run: (facts, moment): Said<Released> => {
      const asking = askingOf(facts, moment);
      const single = [...holding(facts, moment, asking, leaving(facts, look))];
      const { change } = facts.call;
      if (change) return changed(facts, moment, { change, digest, objections: single });
      const instead = standing(facts, moment, asking, grants);
      const tier = byTier(facts, moment, asking, instead);
      const holds = tier ? [...single, tier] : single;
      const batched = staged(facts, moment, asking, instead);
      const { ruling, would } = weigh(batched ? [...single, batched, ...(tier ? [tier] : [])] : holds);
      const hold = ruling?.verdict === 'stage' ? weigh(holds).ruling : ruling;
      const answered = attached({ facts, moment, asks: asking.rule, hold: hold ?? holds[0]?.ruling, digest });
      if (answered) return 'pass' in answered ? withImage(facts, moment, answered) : answered;
      if (ruling?.staging) return stagedWithImage(facts, moment, { ruling, would });
      if (ruling) return { ruling, would };
      const counts = facts.permitted.rules.stage && { counts: true as const };
      if (would[0]) return withImage(facts, moment, { pass: { ...observed(would[0].rule), ...counts }, would });
      return withImage(facts, moment, { pass: { ...(instead ?? allowed(facts)), ...counts } });
    },
  });
}

function observed(rule: string): Released {
  return { code: 'observed', rule, approval: null, ticket: undefined };
}

function allowed({ tiered }: Gated): Released {
  return { code: 'allowed', rule: `tier/${tiered.tier}`, approval: null, ticket: undefined };
}

/** What it is about to change is read before it runs, so that it can be taken back. */
function withImage(facts: Gated, moment: Moment, said: Extract<Said<Released>, { readonly pass: Released }>): Said<Released> {
  const { before } = facts.permitted.rules;
  // The client runs it itself, on its own machine: there is nothing to read it through.
  if (!before || facts.call.via === 'hook' || facts.call.method !== 'tools/call') return said;
  const read = imageOf(facts, before, moment);
  return 'image' in read ? { ...said, pass: { ...said.pass, before: read } } : read;
}

function stagedWithImage(
  facts: Gated,
  moment: Moment,
  said: { readonly ruling: Ruling; readonly would: Extract<Said<Released>, { ruling: Ruling }>['would'] },
): Said<Released> {
  const { before } = facts.permitted.rules;
  const { ruling } = said;
  if (!before || !ruling.staging) return { ruling, would: said.would ?? [] };
  const read = imageOf(facts, before, moment);
  return 'image' in read ? { ruling: { ...ruling, staging: { ...ruling.staging, before: read } }, would: said.would ?? [] } : read;
}

/** The read of what stands there once it was changed; the same as before it. */
export const afterImage = imageProbe;

/** Whether calls of a tool may be staged at all: its answers may then be something else than its own schema says. */
export const stageable = mayStage;

/** Whether calls of any tool of a plugin may be: then its agents have tools for batches. */
export const stagesAny = anyStaged;
