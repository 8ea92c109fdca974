import type { Facts } from '../../kernel/facts.ts';
import type { Objection } from '../../kernel/observing.ts';
import type { Ruling } from '../../kernel/stage.ts';

type Known = Pick<Facts, 'call' | 'subject' | 'permitted'>;

/** The upstream's own schema, always enforced: what breaks it would only be refused further on, by somebody else's words. */
export function ownSchema({ call, subject, permitted }: Known): Ruling | undefined {
  if (call.method !== 'tools/call' && call.method !== 'prompts/get') return undefined;
  const problem = permitted.pinned.validateInput(call.args);
  return problem === undefined ? undefined : invalid(subject, `${subject.connector.id}/${permitted.rules.name}/schema`, problem);
}

/** The schema that the policy lays over it. */
export function* overlaid({ call, subject, permitted }: Known): Iterable<Objection> {
  const { overlay, name, mode } = permitted.rules;
  const problem = overlay?.validate(call.args);
  if (problem !== undefined) yield { ruling: invalid(subject, `${subject.connector.id}/${name}/arguments`, problem), mode };
}

function invalid(subject: Known['subject'], place: string, problem: string): Ruling {
  return {
    verdict: 'deny',
    code: 'invalid_input',
    rule: `connector/${place}`,
    says: `The arguments are not valid: ${problem}`,
    owner: subject.connector.owner,
  };
}
