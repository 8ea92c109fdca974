import type { Would } from '@trapkey/contract/entry.ts';
import type { Call } from '../kernel/call.ts';
import { PolicyError } from '../kernel/errors.ts';
import type { Facts, Moment } from '../kernel/facts.ts';
import type { Probe, Ruling, Said } from '../kernel/stage.ts';
import type { AnyStage } from './ordered.ts';

/** How far a decision came: facts known so far, what observing rules would have said, and its end or its question. */
export interface Decided {
  readonly facts: Partial<Facts> & Pick<Facts, 'call'>;
  readonly would: readonly Would[];
  readonly end: { readonly ruling: Ruling } | { readonly probe: Probe; readonly stage: number } | { readonly released: Facts };
}

/** Where to go on: at the stage that asked, with what was known before it. */
export interface Resume {
  readonly stage: number;
  readonly facts: Decided['facts'];
  readonly would: readonly Would[];
}

/** Walks the list. Pure and synchronous: the same call, moment and readers give the same answer. A throw is a refusal. */
export function decide(stages: readonly AnyStage[], call: Call, moment: Moment, resume?: Resume): Decided {
  const facts: Record<string, unknown> = resume ? { ...resume.facts } : { call };
  const would: Would[] = resume ? [...resume.would] : [];
  const known = facts as Decided['facts'];
  for (let at = resume?.stage ?? 0; at < stages.length; at++) {
    const stage = stages[at] as AnyStage;
    let said: Said<unknown>;
    try {
      said = stage.run(facts as never, moment);
    } catch (error) {
      return { facts: known, would, end: { ruling: thrown(error, stage.name, moment) } };
    }
    if ('probe' in said) return { facts: known, would, end: { probe: said.probe, stage: at } };
    if (said.would) would.push(...said.would);
    if ('ruling' in said) return { facts: known, would, end: { ruling: said.ruling } };
    facts[stage.gives] = said.pass;
  }
  return { facts: known, would, end: { released: facts as unknown as Facts } };
}

function thrown(error: unknown, stage: string, moment: Moment): Ruling {
  const owner = moment.organization.owner;
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof PolicyError) {
    return { verdict: 'deny', code: 'policy_error', rule: error.rule, says: 'A rule of the policy could not be evaluated', detail, owner };
  }
  return { verdict: 'deny', code: 'internal', rule: `stage/${stage}`, says: 'Trapkey failed while deciding', detail, owner };
}
