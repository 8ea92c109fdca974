import type { Bounded, Checked, Sourced } from '../../kernel/facts.ts';
import { weigh } from '../../kernel/observing.ts';
import type { TableJudge } from '../../kernel/readers.ts';
import { type Said, stage } from '../../kernel/stage.ts';
import { overlaid, ownSchema } from './arguments.ts';
import { askCheckers } from './checkers.ts';
import { sourced } from './provenance/origins.ts';
import { failing } from './rules.ts';
import { tablesReached } from './tables.ts';

/** The tool's own schema, the policy's over it, and every rule that needs nothing from outside: before anything is probed. */
export function checkArguments(judge?: TableJudge) {
  return stage({
    name: 'check',
    needs: ['call', 'subject', 'permitted'],
    gives: 'bounded',
    run: (facts, moment): Said<Bounded> => {
      const invalid = ownSchema(facts);
      if (invalid) return { ruling: invalid };
      const checks = facts.permitted.rules.checks.filter((check) => !check.needsTier);
      const { ruling, would } = weigh([...overlaid(facts), ...failing(checks, facts, moment)]);
      if (ruling) return { ruling, would };
      const reached = tablesReached(facts, moment, judge);
      if ('probe' in reached) return reached;
      if ('ruling' in reached) return { ...reached, would };
      const { touched } = reached;
      return { pass: { passed: checks.map((check) => check.id), ...(touched && { touched }) }, would };
    },
  });
}

/** The rules that need reach, amount or destination, then the outside checkers, who may only deny or hold. */
export function checkFacts(checkers: readonly string[]) {
  return stage({
    name: 'check',
    needs: ['call', 'subject', 'permitted', 'bounded', 'tiered'],
    gives: 'checked',
    run: (facts, moment): Said<Checked> => {
      const checks = facts.permitted.rules.checks.filter((check) => check.needsTier);
      const { ruling, would } = weigh(failing(checks, facts, moment));
      if (ruling) return { ruling, would };
      const asked = askCheckers(checkers, facts, moment);
      if ('probe' in asked) return asked;
      if ('ruling' in asked) return { ...asked, would };
      return { pass: { passed: checks.map((check) => check.id), wantsPerson: asked.pass }, would };
    },
  });
}

/** Where the values of the call were seen before: what outsiders may have named needs a person. */
export function checkOrigins() {
  return stage({
    name: 'check',
    needs: ['call', 'subject', 'permitted', 'tiered'],
    gives: 'sourced',
    run: (facts, moment): Said<Sourced> => ({ pass: sourced(facts, moment) }),
  });
}
