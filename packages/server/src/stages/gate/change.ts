import canonicalize from 'canonicalize';
import type { ChangeView } from '../../kernel/changes.ts';
import type { Moment, Released } from '../../kernel/facts.ts';
import { type Objection, weigh } from '../../kernel/observing.ts';
import type { Ruling, Said } from '../../kernel/stage.ts';
import { takesBack } from '../../kernel/takes-back.ts';
import type { Gated } from './gated.ts';
import { imageOf } from './image.ts';
import { movedSinceLooked } from './looked.ts';
import type { RecipientsDigest } from './recipients.ts';

/**
 * A change that is about to be made or taken back. What tier and autonomy would ask is answered by who approved the whole;
 * whatever asks for a person for this one call, a definition that nobody looked at and a record that somebody else changed
 * refuse it.
 */
export function changed(
  facts: Gated,
  moment: Moment,
  {
    change,
    digest,
    objections,
  }: { readonly change: ChangeView; readonly digest: RecipientsDigest | undefined; readonly objections: Iterable<Objection> },
): Said<Released> {
  const { permitted } = facts;
  const { ruling, would } = weigh(takesBack(facts.call) ? openTo(objections) : objections);
  if (ruling) return { ruling: single(ruling), would };
  if (change.definition !== permitted.pinned.digest)
    return {
      ruling: deny(facts, 'definition_changed', `definition`, "The tool's definition is another than when this change was looked at"),
    };
  const rule = `${change.kind === 'undo' ? 'undo' : 'batch'}/${change.id}`;
  const moved = movedSinceLooked(facts, moment, change, digest);
  if (moved) return { ruling: deny(facts, moved.code, rule, moved.says) };
  const pass: Released = { code: 'approved', rule, approval: change.approval, ticket: undefined };
  const { before } = permitted.rules;
  if (!before) {
    if (change.image === undefined) return { pass, would };
    return {
      ruling: deny(
        facts,
        'changed_since',
        rule,
        'Whether somebody changed the record meanwhile can no longer be read: its tool has no `before` any more',
      ),
    };
  }
  const read = imageOf(facts, before, moment);
  if (!('image' in read)) return read;
  if (change.image !== undefined && canonicalize(change.image) !== canonicalize(read.image))
    return {
      ruling: deny(
        facts,
        'changed_since',
        before.rule,
        'Somebody else changed the record since this change was looked at, so it is not overwritten',
      ),
    };
  return { pass: { ...pass, before: read }, would };
}

/** Whoever takes something back is the person whom a rule that only asks for one gets. */
function* openTo(objections: Iterable<Objection>): Iterable<Objection> {
  for (const one of objections) if (one.ruling.code !== 'approval_needed') yield one;
}

/** A person must look at this one, and none of those who approved the whole did. */
function single(ruling: Ruling): Ruling {
  const { asks: _, ...rest } = ruling;
  const says = `${ruling.says.replace(/\.$/, '')}. Under the policy of now a person must look at this one by itself`;
  return { ...rest, verdict: 'deny', says };
}

function deny({ subject }: Gated, code: Ruling['code'], rule: string, says: string): Ruling {
  return { verdict: 'deny', code, rule, says, owner: subject.connector.owner };
}
