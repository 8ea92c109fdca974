import type { DiffReport, PolicyChange } from '@trapkey/contract/policy/reports.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { flatten, type Leaf, listLeaves } from './flatten.ts';
import { type FieldChange, tiersTighten, tightens } from './tighten.ts';
import { inWords } from './words.ts';

export interface DiffSide {
  readonly set: PolicySet;
  readonly documents: readonly Valid[];
}

/** Every difference between two sets, in words, each judged by the fixed list of comparisons. */
export function diffSets(before: DiffSide, after: DiffSide): DiffReport {
  const old = new Map([...flatten(before.documents), ...listLeaves(before.set.lists)]);
  const fresh = new Map([...flatten(after.documents), ...listLeaves(after.set.lists)]);
  const tiersProved = tiersTighten(before.set.organization.tiers, after.set.organization.tiers);
  const modes = [generalMode(old), generalMode(fresh)] as const;
  const open = new Map<string, boolean>();
  const openTools = (document: string): boolean => {
    const known = open.get(document) ?? (offersAll(document, old, modes[0]) || offersAll(document, fresh, modes[1]));
    open.set(document, known);
    return known;
  };
  const listed = new Set([...fresh.values()].filter(({ member }) => member).map(listOf));
  const changes: PolicyChange[] = [];
  for (const key of new Set([...old.keys(), ...fresh.keys()])) {
    const was = old.get(key);
    const is = fresh.get(key);
    const leaf = was ?? is;
    if (!leaf || (was && is && JSON.stringify(was.value) === JSON.stringify(is.value))) continue;
    if (coveredByWhole(leaf, was ? fresh : old)) continue;
    const change = {
      kind: leaf.kind,
      path: leaf.path,
      member: leaf.member,
      before: was?.value,
      after: is?.value,
      openTools: openTools(leaf.document),
      othersLeft: listed.has(listOf(leaf)),
    };
    const proved = leaf.kind === 'organization' && leaf.path[0] === 'tiers' ? tiersProved : tightens(change);
    changes.push({
      document: leaf.document,
      path: leaf.path.join('.'),
      before: was?.value,
      after: is?.value,
      effect: judged(change, proved),
      says: inWords(leaf.document, change),
    });
  }
  return {
    from: before.set.digest,
    to: after.set.digest,
    changes: changes.sort(byPlace),
    tightens: proved(changes),
  };
}

/** At least one change tightens, and nothing else happens besides a reason that is reworded or dropped. */
function proved(changes: readonly PolicyChange[]): boolean {
  const others = changes.filter(({ effect }) => effect !== 'tightens');
  return others.length < changes.length && others.every(({ path }) => path === 'because');
}

/** Words that nothing is decided by; an approver reads some of them, so all but `because` wait like the rest. */
const onlyWords = new Set(['owner', 'because', 'says']);

function judged(change: FieldChange, proved: boolean): PolicyChange['effect'] {
  if (proved) return 'tightens';
  return onlyWords.has(change.path.at(-1) ?? '') ? 'neither' : 'loosens';
}

/** A new or removed document, or tool, is one change; what it contains goes without saying. */
function coveredByWhole(leaf: Leaf, other: ReadonlyMap<string, Leaf>): boolean {
  if (leaf.kind === 'list' || leaf.kind === 'directory') return false;
  if (leaf.path.length > 0 && !other.has(JSON.stringify([leaf.document]))) return true;
  return leaf.path[0] === 'tools' && leaf.path.length > 2 && !other.has(JSON.stringify([leaf.document, 'tools', leaf.path[1]]));
}

function listOf({ document, path }: Leaf): string {
  return JSON.stringify([document, ...path]);
}

/** Whether a tool that is not listed may run all the same: `*` offers it, or the rule that bars it only observes. */
function offersAll(document: string, side: ReadonlyMap<string, Leaf>, general: unknown): boolean {
  // The connector's own mode counts, then the organization's; nothing said is enforced.
  const mode = side.get(JSON.stringify([document, 'mode']))?.value ?? general ?? 'enforce';
  return side.has(JSON.stringify([document, 'tools', '*'])) || mode !== 'enforce';
}

/** The organization's mode. */
function generalMode(side: ReadonlyMap<string, Leaf>): unknown {
  return side.values().find(({ kind, path }) => kind === 'organization' && path.length === 1 && path[0] === 'mode')?.value;
}

function byPlace(a: PolicyChange, b: PolicyChange): number {
  return a.document < b.document ? -1 : a.document > b.document ? 1 : a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
