import type { Entry } from '@trapkey/contract/entry.ts';
import type { Explanation } from '../../kernel/record-house.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import { tightenings } from './tightenings.ts';

/** Finds the compiled policy of a digest; undefined when it is not held. */
export type PolicyAt = (digest: string) => Promise<PolicySet | undefined>;

const factFields = [
  'on_behalf_of',
  'plugin',
  'profile',
  'connector',
  'tool',
  'method',
  'effect',
  'tier',
  'reversible',
  'reach',
  'destination',
  'amount',
  'environment',
  'data_sources',
  'assurance',
] as const;

/** Says why a call was answered as it was, from its entries (names resolved) and the policy of that time. */
export async function explain(call: string, entries: readonly Entry[], policyAt: PolicyAt): Promise<Explanation | undefined> {
  // A resumed ticket keeps its call: the newest attempt is what came of it.
  const decided = entries.filter(({ kind }) => kind === 'decided').at(-1);
  const about = decided ?? entries.at(-1);
  if (!about) return undefined;
  const came = entries.filter(({ kind }) => kind === 'executed' || kind === 'closed').at(-1);
  const policy = about.policy === undefined ? undefined : await policyAt(about.policy);
  return {
    call,
    says: sentences(entries, decided, came),
    verdict: about.verdict ?? null,
    code: about.code ?? null,
    rule: about.rule ?? null,
    approval: about.approval ?? null,
    policy: about.policy ?? null,
    outcome: came?.outcome ?? null,
    facts: Object.fromEntries(factFields.flatMap((field) => (about[field] === undefined ? [] : [[field, about[field]]]))),
    would_stop: about.verdict === 'allow' ? policy && tightenings(about, policy) : [],
    entries: entries.map(({ entry }) => entry),
  };
}

function sentences(entries: readonly Entry[], decided: Entry | undefined, came: Entry | undefined): readonly string[] {
  const first = entries[0] as Entry;
  const says = [
    `${first.on_behalf_of ?? 'Somebody'} asked for ${first.connector ?? '?'}.${first.tool ?? first.action ?? '?'} through ${first.plugin ?? 'no plugin'} at ${first.timestamp}.`,
  ];
  const people = entries.filter(
    ({ kind }) => kind === 'held' || kind === 'approved' || kind === 'refused' || kind === 'expired' || kind === 'withdrawn',
  );
  for (const { kind, ticket, approval, on_behalf_of, timestamp } of people)
    says.push(
      `${ticket ?? 'A ticket'} was ${kind}${kind === 'held' ? '' : ` by ${approval ?? on_behalf_of ?? 'nobody'}`} at ${timestamp}.`,
    );
  if (!decided) return [...says, 'No verdict was recorded: the record ends before it, and nothing was sent.'];
  says.push(
    `The verdict was ${decided.verdict} (${decided.code}), by rule ${decided.rule}${decided.approval ? `, with ${decided.approval}` : ''}.`,
  );
  for (const { rule, verdict, code, mode } of decided.would ?? [])
    says.push(`Rule ${rule}, in mode ${mode}, would have said ${verdict} (${code}).`);
  if (came) says.push(`What came of it: ${came.outcome}${came.code && came.code !== decided.code ? ` (${came.code})` : ''}.`);
  else says.push(decided.verdict === 'allow' ? 'No result was recorded yet.' : 'Nothing was sent to the connector.');
  return says;
}
