import { modes, type Tier, tiers } from '@trapkey/contract/codes.ts';
import { autonomyLevels } from '../../kernel/autonomy-level.ts';
import { durationMs } from '../compile/values.ts';

/** One field that changed; `before` or `after` is undefined where it was or is not there. */
export interface FieldChange {
  readonly kind: string;
  readonly path: readonly string[];
  readonly member: boolean;
  readonly before: unknown;
  readonly after: unknown;
  /** True when the connector of this change offers `*`: a tool taken off its list is still offered. */
  readonly openTools: boolean;
  /** True when the list that this is a member of has others after the change; without any it may mean all. */
  readonly othersLeft: boolean;
}

interface Comparison {
  readonly kind: string;
  /** `*` stands for one name. */
  readonly path: string;
  readonly tightens: (change: FieldChange) => boolean;
}

interface WrittenCheck {
  readonly rule: string;
  readonly says: string;
  readonly mode?: string;
}

const removed = ({ before, after }: FieldChange): boolean => before !== undefined && after === undefined;
const added = ({ before, after }: FieldChange): boolean => before === undefined && after !== undefined;
const to = (value: unknown) => (change: FieldChange) => change.after === value;
const lower = ({ before, after }: FieldChange): boolean => typeof before === 'number' && typeof after === 'number' && after < before;
const higher = ({ before, after }: FieldChange): boolean => typeof before === 'number' && typeof after === 'number' && after > before;
const shorter = ({ before, after }: FieldChange): boolean =>
  typeof before === 'string' && typeof after === 'string' && durationMs(after) < durationMs(before);
const stricterMode = ({ before, after }: FieldChange): boolean =>
  after === 'enforce' ||
  (typeof before === 'string' && typeof after === 'string' && rank(Object.keys(modes), after) > rank(Object.keys(modes), before));
/** A lower level. Where none was named before the organization's start held, which may have been lower. */
const lessAutonomy = ({ before, after }: FieldChange): boolean =>
  after === 'draft' ||
  (typeof before === 'string' && typeof after === 'string' && rank(autonomyLevels, after) < rank(autonomyLevels, before));
/** The same kind of limit with a lower number. */
const lowerLimit = ({ before, after }: FieldChange): boolean => {
  if (typeof before === 'number' && typeof after === 'number') return after < before;
  const [was, is] = [before, after].map((text) => /^([0-9.]+)(.* per .+)$/.exec(typeof text === 'string' ? text : ''));
  return was !== undefined && is !== undefined && was?.[2] === is?.[2] && Number(is?.[1]) < Number(was?.[1]);
};
/** Checks added after the others, and checks that stay word for word and got a stricter mode of their own. */
const moreChecks = ({ before, after, ...change }: FieldChange): boolean =>
  Array.isArray(before) &&
  Array.isArray(after) &&
  after.length >= before.length &&
  before.every((check, i) => JSON.stringify(check) === JSON.stringify(after[i]) || sameButStricter(change, check, after[i]));
const sameButStricter = (change: Omit<FieldChange, 'before' | 'after'>, before: WrittenCheck, after: WrittenCheck): boolean =>
  before.rule === after.rule && before.says === after.says && stricterMode({ ...change, before: before.mode, after: after.mode });

/**
 * The whole list of what counts as tightening. A change that is not here loosens, whatever it looks like: expressions
 * cannot be compared, a shorter profile may hand its people to a wider one, and a list may be used either way.
 */
export const comparisons: readonly Comparison[] = [
  { kind: 'connector', path: '', tightens: removed },
  { kind: 'connector', path: 'access', tightens: to('read-only') },
  { kind: 'connector', path: 'requires_approval', tightens: to(true) },
  { kind: 'connector', path: 'mode', tightens: stricterMode },
  { kind: 'connector', path: 'resources', tightens: removed },
  { kind: 'connector', path: 'prompts', tightens: removed },
  { kind: 'connector', path: 'row_limit', tightens: lower },
  { kind: 'connector', path: 'allowed_tables', tightens: (change) => removed(change) && change.othersLeft },
  { kind: 'connector', path: 'denied_columns', tightens: added },
  { kind: 'connector', path: 'canaries', tightens: added },
  { kind: 'connector', path: 'screen.*', tightens: (change) => added(change) || change.after === 'withhold' },
  { kind: 'connector', path: 'regions', tightens: removed },
  { kind: 'plugin', path: 'may_not_see', tightens: added },
  { kind: 'plugin', path: 'may_not_leave', tightens: added },
  { kind: 'connector', path: 'limits.*', tightens: (change) => added(change) || lowerLimit(change) },
  { kind: 'connector', path: 'tools.*.limits.*', tightens: (change) => added(change) || lowerLimit(change) },
  { kind: 'connector', path: 'tools.*', tightens: (change) => removed(change) && (!change.openTools || change.path[1] === '*') },
  { kind: 'connector', path: 'tools.*.requires_approval', tightens: to(true) },
  { kind: 'connector', path: 'tools.*.reversible', tightens: to(false) },
  { kind: 'connector', path: 'tools.*.mode', tightens: stricterMode },
  { kind: 'connector', path: 'tools.*.check', tightens: moreChecks },
  { kind: 'connector', path: 'tools.*.arguments', tightens: added },
  { kind: 'connector', path: 'tools.*.approvals.needs', tightens: higher },
  { kind: 'connector', path: 'tools.*.approvals.expires', tightens: shorter },
  { kind: 'connector', path: 'tools.*.approvals.approvers', tightens: removed },
  { kind: 'connector', path: 'tools.*.approvals.distinct', tightens: added },
  { kind: 'connector', path: 'tools.*.approvals.escalate', tightens: removed },
  { kind: 'connector', path: 'tools.*.approvals.delegates.*', tightens: removed },
  { kind: 'connector', path: 'tools.*.approvals.run', tightens: to('resume') },
  { kind: 'plugin', path: '', tightens: removed },
  { kind: 'plugin', path: 'for', tightens: removed },
  { kind: 'plugin', path: 'connectors', tightens: removed },
  { kind: 'plugin', path: 'autonomy.*', tightens: lessAutonomy },
  { kind: 'plugin', path: 'mode', tightens: stricterMode },
  { kind: 'plugin', path: 'limits.*', tightens: lowerLimit },
  { kind: 'profile', path: 'limits.*', tightens: (change) => added(change) || lowerLimit(change) },
  { kind: 'connection', path: '', tightens: removed },
  { kind: 'connection', path: 'sampling', tightens: to(false) },
  { kind: 'connection', path: 'sharing', tightens: to('none') },
  { kind: 'connection', path: 'elicitation_hosts', tightens: removed },
  { kind: 'organization', path: 'limits.*', tightens: (change) => added(change) || lowerLimit(change) },
  { kind: 'organization', path: 'solo', tightens: to(false) },
  { kind: 'organization', path: 'autonomy.start', tightens: lessAutonomy },
  { kind: 'organization', path: 'auto_execute', tightens: removed },
  { kind: 'organization', path: 'freeze', tightens: added },
  { kind: 'organization', path: 'mode', tightens: stricterMode },
  { kind: 'organization', path: 'approvals.*.needs', tightens: higher },
  { kind: 'organization', path: 'approvals.*.expires', tightens: shorter },
  { kind: 'organization', path: 'approvals.*.approvers', tightens: removed },
  { kind: 'organization', path: 'approvals.*.distinct', tightens: added },
  { kind: 'organization', path: 'approvals.*.escalate', tightens: removed },
  { kind: 'organization', path: 'approvals.*.delegates.*', tightens: removed },
  { kind: 'organization', path: 'approvals.*.run', tightens: to('resume') },
  { kind: 'organization', path: 'break_glass', tightens: removed },
  { kind: 'organization', path: 'blast_radius.max', tightens: lower },
  { kind: 'organization', path: 'blast_radius.above.needs', tightens: higher },
];

/** True when the fixed list proves that this change lets nothing more through. */
export function tightens(change: FieldChange): boolean {
  return comparisons.some(({ kind, path, tightens: proves }) => kind === change.kind && fits(path, change.path) && proves(change));
}

/** True when every effect of `after` stands at least as high as before. */
export function tiersTighten(before: ReadonlyMap<string, Tier>, after: ReadonlyMap<string, Tier>): boolean {
  return [...before].every(([effect, tier]) => rank(Object.keys(tiers), after.get(effect) ?? 'high') >= rank(Object.keys(tiers), tier));
}

function fits(pattern: string, path: readonly string[]): boolean {
  const parts = pattern === '' ? [] : pattern.split('.');
  return parts.length === path.length && parts.every((part, i) => part === '*' || part === path[i]);
}

function rank(order: readonly string[], value: string): number {
  return order.indexOf(value);
}
