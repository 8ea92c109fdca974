import type { Mode } from '@trapkey/contract/codes.ts';
import { type Each, type LimitDocument, type LimitsDocument, type Measure, measures } from '@trapkey/contract/policy/limits.ts';
import type { DepthRule, LimitIndex, LimitRule } from '../../kernel/limit-rules.ts';
import type { OrganizationRules } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { type CompileContext, ofKind, wrong } from './context.ts';
import { rowsOfRun } from './database.ts';
import { durationMs } from './values.ts';

type On = LimitRule['on'];

/** Whom a count may be for, by where the limit stands; the first is meant where nothing is said. */
const allowed: Readonly<Record<On['kind'], readonly Each[]>> = {
  organization: ['plugin', 'organization', 'release', 'person', 'run'],
  plugin: ['plugin', 'release', 'person', 'run'],
  connector: ['connector', 'person', 'run'],
  tool: ['tool', 'person', 'run'],
  profile: ['run', 'person'],
};
const ofTheWholeRun: readonly Measure[] = ['agents', 'spend_usd', 'tokens'];
/** What changes something can be stopped alone; of the others nothing goes on. */
const frozen: readonly Measure[] = ['writes', 'sends', 'people', 'records', 'amount'];
const money: readonly Measure[] = ['amount', 'spend_usd'];

interface Place {
  readonly context: CompileContext;
  readonly document: Valid;
  readonly path: readonly PropertyKey[];
  readonly on: On;
  readonly owner: string;
  readonly mode: Mode;
}

/** Every limit of the set by what a call names. An organization's limits are those of each plugin that has none of the measure. */
export function compileLimits(context: CompileContext, organization: OrganizationRules): LimitIndex {
  const [whole] = ofKind(context, 'organization');
  const own = (on: On, written: LimitsDocument | undefined, place: Omit<Place, 'context' | 'on'>): readonly LimitRule[] =>
    written ? rulesOf(written, { context, on, ...place }) : [];
  const { owner, mode } = organization;
  const everywhere = whole?.body.limits;
  const general = whole
    ? own({ kind: 'organization', id: organization.id }, everywhere, { document: whole, path: ['limits'], owner, mode })
    : [];
  const plugins = ofKind(context, 'plugin').map((document) => {
    const { body, id } = document;
    const rules = own({ kind: 'plugin', id }, body.limits, { document, path: ['limits'], owner: body.owner, mode: body.mode ?? mode });
    const missing = general.filter((rule) => rule.each === 'organization' || !rules.some(({ measure }) => measure === rule.measure));
    const depth = depthRule('plugin', id, body.limits, body.owner) ?? depthRule('organization', organization.id, everywhere, owner);
    return { id, rules: [...missing, ...rules], depth };
  });
  const connectors = ofKind(context, 'connector').map((document) => {
    const { body, id } = document;
    const place = { document, owner: body.owner ?? ownerOfConnection(context, body) ?? owner, mode: body.mode ?? mode };
    const tools = Object.entries(body.tools).map(([tool, { limits, mode: narrower }]) => {
      const path = ['tools', tool, 'limits'];
      return [
        `${id}.${tool}`,
        own({ kind: 'tool', id: `${id}.${tool}` }, limits, { ...place, path, mode: narrower ?? place.mode }),
      ] as const;
    });
    const paged = rowsOfRun(context, document);
    const limits = paged === undefined ? body.limits : { ...body.limits, rows_read: paged };
    return { id, rules: own({ kind: 'connector', id }, limits, { ...place, path: ['limits'] }), tools };
  });
  const profiles = ofKind(context, 'profile').map((document) => {
    const keeper = ofKind(context, 'plugin').find(({ id }) => id === document.body.plugin)?.body.owner ?? owner;
    const place = { document, path: ['limits'], owner: keeper, mode };
    const depth = depthRule('profile', document.id, document.body.limits, keeper);
    return { id: document.id, rules: own({ kind: 'profile', id: document.id }, document.body.limits, place), depth };
  });
  return {
    byPlugin: index(plugins.map(({ id, rules }) => [id, rules])),
    byConnector: index(connectors.map(({ id, rules }) => [id, rules])),
    byTool: index(connectors.flatMap(({ tools }) => tools)),
    byProfile: index(profiles.map(({ id, rules }) => [id, rules])),
    depthByPlugin: new Map(plugins.flatMap(({ id, depth }) => (depth ? [[id, depth] as const] : []))),
    depthByProfile: new Map(profiles.flatMap(({ id, depth }) => (depth ? [[id, depth] as const] : []))),
  };
}

function index(all: readonly (readonly [string, readonly LimitRule[]])[]): ReadonlyMap<string, readonly LimitRule[]> {
  return new Map(all.filter(([, rules]) => rules.length > 0));
}

function ownerOfConnection(
  context: CompileContext,
  body: { readonly connector: string; readonly connection?: string | undefined },
): string | undefined {
  return ofKind(context, 'connection').find(({ id }) => id === (body.connection ?? body.connector))?.body.owner;
}

function depthRule(kind: string, id: string, written: LimitsDocument | undefined, owner: string): DepthRule | undefined {
  return written?.depth === undefined ? undefined : { id: `limits/${kind}/${id}/depth`, max: written.depth, owner };
}

function rulesOf(written: LimitsDocument, place: Place): readonly LimitRule[] {
  return (Object.keys(measures) as Measure[]).flatMap((measure) => {
    const value = written[measure];
    if (value === undefined) return [];
    const list: readonly LimitDocument[] = Array.isArray(value) ? value : [value as LimitDocument];
    return list.map((one, i) =>
      ruleOf(one, measure, { ...place, path: [...place.path, measure, ...(Array.isArray(value) ? [i] : [])] }, i),
    );
  });
}

function ruleOf(written: LimitDocument, measure: Measure, place: Place, i: number): LimitRule {
  const body = typeof written === 'string' ? { max: written } : written;
  const [, count = '0', currency, per = 'run'] = /^([0-9.]+)(?: ([A-Z]{3}))? per (.+)$/.exec(body.max) ?? [];
  const { on } = place;
  const says = (text: string): void => wrong(place.context, place.document, place.path, text);
  const each = body.each ?? (per === 'run' || measure === 'repeats' ? 'run' : (allowed[on.kind][0] as Each));
  if (per === 'run' && each !== 'run') says('`per run` counts each run by itself; leave `each` out, or write a time');
  if (measure === 'repeats' && each !== 'run') says('`repeats` counts within each run; leave `each` out');
  if (!allowed[on.kind].includes(each)) says(`Here a count is for each ${allowed[on.kind].join(' or ')}, not for each ${each}`);
  if (ofTheWholeRun.includes(measure) && (on.kind === 'connector' || on.kind === 'tool'))
    says(`\`${measure}\` is known of a run, not of one ${on.kind}: write it on a plugin, a profile or the organization`);
  if (measure === 'amount' && currency === undefined) says('Say in which currency: 10000 EUR per 1d');
  if (measure !== 'amount' && currency !== undefined) says(`\`${measure}\` has no currency`);
  const max = money.includes(measure) ? Math.round(Number(count) * 1_000_000) : Number(count);
  if (!Number.isSafeInteger(max)) says(money.includes(measure) ? 'This number is too large' : `\`${measure}\` is counted in whole numbers`);
  return {
    id: `limits/${on.kind}/${on.id}/${measure}${i > 0 ? `/${i + 1}` : ''}`,
    measure,
    max,
    currency,
    windowMs: per === 'run' ? undefined : durationMs(per),
    each,
    on,
    rearmMs: body.rearm === undefined ? undefined : durationMs(body.rearm),
    stop: body.stop ?? (frozen.includes(measure) ? 'freeze' : 'full'),
    mode: body.mode ?? place.mode,
    owner: place.owner,
    text: body.max,
  };
}
