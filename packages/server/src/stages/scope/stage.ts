import type { Call } from '../../kernel/call.ts';
import { type Entitled, entitledTo } from '../../kernel/entitlements.ts';
import type { Moment, Permitted, Subject } from '../../kernel/facts.ts';
import { type Objection, weigh } from '../../kernel/observing.ts';
import { type Operation, rulesOf, unlisted } from '../../kernel/operation.ts';
import type { DefinitionReader } from '../../kernel/readers.ts';
import type { ToolRules } from '../../kernel/rules.ts';
import { type Ruling, type Said, stage } from '../../kernel/stage.ts';
import { notReadable, outsideProfile } from './bounds.ts';
import { barredData, certainlyBarred, outsideRegion } from './classes.ts';
import { draftOnly } from './draft.ts';
import { outsideLists } from './skills.ts';
import { unannounced, wrongWay } from './witnessed.ts';

/** The connector, the profile and the release include this operation, and its definition is the one that was reviewed. */
export function scope(definitions: DefinitionReader) {
  return stage({
    name: 'scope',
    needs: ['call', 'subject', 'clear'],
    gives: 'permitted',
    run: ({ call, subject }, moment): Said<Permitted> => {
      const refused = unenforceable(subject);
      if (refused) return { ruling: refused };
      const barred = wrongWay(call, subject, moment) ?? unannounced(call, moment);
      if (barred) return { ruling: barred };
      const rules = rulesOf(subject.connector, call) ?? unlisted(subject.connector, call.name.slice(0, 128), 'execute');
      const entitled = entitledTo(subject, toolOf(call), moment);
      const { ruling, would } = weigh(objections(call, subject, rules, moment, entitled));
      if (ruling) return { ruling, would };
      const pinned = definitions.find(subject.connector.connection, call.method, call.name);
      if (pinned === undefined) return { ruling: notOffered(subject), would };
      if (pinned === 'changed') return { ruling: definitionChanged(subject, call), would };
      return { pass: { rules, pinned, ...(entitled.ok && entitled.rows && { rows: entitled.rows }) }, would };
    },
  });
}

/**
 * Whether an operation belongs into what a person is shown. A `when` that asks for arguments counts as met: there are
 * none yet, and the call is decided again.
 */
export function offered(operation: Operation, subject: Subject, moment: Moment): boolean {
  if (unenforceable(subject)) return false;
  const { connector } = subject;
  const rules = rulesOf(connector, operation);
  const call = { ...operation, args: {}, claims: {} };
  if (!rules && connector.mode === 'enforce') return false;
  if (rules && rules.mode === 'enforce' && notReadable(subject, rules)) return false;
  if (connector.mode === 'enforce' && !entitledTo(subject, toolOf(operation), moment).ok) return false;
  if (subject.plugin.mode !== 'enforce') return true;
  if (outsideRegion(subject) || (rules && certainlyBarred(subject, rules))) return false;
  return !outsideProfile(call, subject, moment, 'as offered');
}

function* objections(call: Call, subject: Subject, rules: ToolRules, moment: Moment, entitled: Entitled): Iterable<Objection> {
  const { connector, plugin } = subject;
  const malformed = dotted(call, subject);
  if (malformed) yield { ruling: malformed, mode: 'enforce' };
  if (!rulesOf(connector, call)) yield { ruling: notOffered(subject), mode: connector.mode };
  else {
    const readOnly = notReadable(subject, rules);
    if (readOnly) yield { ruling: readOnly, mode: rules.mode };
    const draft = draftOnly(call, subject, rules, moment);
    if (draft) yield { ruling: draft, mode: rules.mode };
  }
  const outside = outsideProfile(call, subject, moment, 'as called');
  if (outside) yield { ruling: outside, mode: plugin.mode };
  if (!entitled.ok) yield { ruling: entitled.ruling, mode: connector.mode };
  for (const ruling of barredData(call, subject, rules, moment)) yield { ruling, mode: plugin.mode };
  for (const ruling of outsideLists(call, subject, moment)) yield { ruling, mode: plugin.mode };
}

/** Entitlements list tools; what is none needs one that lists nothing. */
function toolOf({ method, name }: Operation): string | undefined {
  return method === 'tools/call' ? name : undefined;
}

/** Set when nothing here could enforce what the document asks for: then nothing runs. */
export function unenforceable({ connector }: Subject): Ruling | undefined {
  if (connector.notEnforceable === undefined) return undefined;
  return {
    verdict: 'deny',
    code: 'not_enforceable',
    rule: `connector/${connector.id}`,
    says: connector.notEnforceable,
    owner: connector.owner,
  };
}

function notOffered({ connector }: Subject): Ruling {
  return {
    verdict: 'deny',
    code: 'not_offered',
    rule: `connector/${connector.id}/tools`,
    says: `The connector ${connector.id} does not offer this`,
    owner: connector.owner,
  };
}

function definitionChanged({ connector }: Subject, call: Call): Ruling {
  const says = `The definition of ${connector.id}.${call.name} changed since it was reviewed; its owner must review it again`;
  return { verdict: 'deny', code: 'definition_changed', rule: `connector/${connector.id}/definitions`, says, owner: connector.owner };
}

/**
 * A pattern speaks about the address as written, so an address with `.` and `..` steps could leave what it allows. Readers
 * of addresses drop control characters and outer spaces, unwrap escapes, some twice, and cut steps at `;`.
 */
function dotted(call: Call, { connector }: Subject): Ruling | undefined {
  if (!call.method.startsWith('resources/') && call.extra['ref'] === undefined) return undefined;
  const steps = call.name
    .replaceAll(/%(?:25)+/g, '%')
    .replaceAll(/%2e/gi, '.')
    .split(/[/\\]|%2f|%5c/i)
    .map((step) => step.split(/;|%3b/i, 1)[0]);
  const bare = /^[\s\p{C}]|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|%00|[\s\p{C}]$/u.test(call.name);
  if (!bare && !steps.includes('..') && !steps.includes('.')) return undefined;
  const says = bare
    ? 'The address has control characters or outer spaces; give it escaped'
    : 'The address has "." or ".." steps; give it without them';
  return { verdict: 'deny', code: 'invalid_input', rule: `connector/${connector.id}/resources`, says, owner: connector.owner };
}
