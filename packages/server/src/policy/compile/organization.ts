import { type Effect, effects, type Tier } from '@trapkey/contract/codes.ts';
import type { ApprovalsDocument } from '@trapkey/contract/policy/approvals.ts';
import { type ClientWaits, readWait } from '../../kernel/client-waits.ts';
import type { ApprovalRule, AutoExecuteRule, DirectoryPerson, OrganizationRules } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { compileAlerts } from './alerts.ts';
import { approvalRule } from './approvals.ts';
import { type CompileContext, ofKind, wrong } from './context.ts';
import { splitTool, toolNamed } from './plugin.ts';
import { endMs, namePattern, startMs } from './values.ts';

type OrganizationDocument = Extract<Valid, { kind: 'organization' }>;

const order: readonly Tier[] = ['low', 'medium', 'high'];
const least: Readonly<Record<Effect, Tier>> = {
  read: 'low',
  draft: 'low',
  write: 'medium',
  delete: 'high',
  send: 'high',
  pay: 'high',
  execute: 'high',
};
const neverAutomatic = ['delete', 'send', 'pay', 'execute'];
const unnamed: ApprovalsDocument = { approvers: ['group:administrators'], needs: 1, expires: '1h', run: 'resume', grants: 'allowed' };

/** What holds for everyone. Without a document: nothing is inside, everyone needs a second person, administrators approve. */
export function compileOrganization(context: CompileContext, document: OrganizationDocument | undefined): OrganizationRules {
  const body = document?.body;
  const lower = (names: readonly string[] | undefined): readonly string[] => (names ?? []).map((name) => name.toLowerCase());
  const byTier = approvalsByTier(context, document);
  return {
    id: body?.organization ?? 'organization',
    owner: body?.owner ?? 'an administrator',
    solo: body?.solo ?? false,
    inside: {
      domains: lower(body?.inside.domains),
      hosts: lower(body?.inside.hosts),
      channels: (body?.inside.channels ?? []).map(namePattern),
    },
    tiers: tiers(context, document),
    autonomyStart: body?.autonomy.start ?? 'approve',
    autoExecute: document ? document.body.auto_execute.map((line, i) => autoExecute(context, document, line, i)) : [],
    approvals: byTier.get('high') ?? approvalRule('approvals/high', unnamed),
    approvalsByTier: byTier,
    ...(document?.body.alerts && { alerts: compileAlerts(context, document) }),
    breakGlass: body?.break_glass ?? [],
    blastRadius: blastRadius(context, document),
    freeze: (body?.freeze ?? []).map((line, i) => {
      if (document && endMs(line.to) <= startMs(line.from)) wrong(context, document, ['freeze', i], 'This freeze ends before it begins');
      return { id: `freeze/${i + 1}`, fromMs: startMs(line.from), toMs: endMs(line.to), bars: line.bars };
    }),
    mode: body?.mode ?? 'enforce',
    sameGoal: body?.same_goal ?? 'enforce',
    prompts: body?.prompts,
    knownRuns: body?.known_runs ?? [],
    waitsMs: waits(context, document),
    hooks: body?.hooks,
    ...(body?.roles && { roles: new Map(Object.entries(body.roles).map(([role, holders]) => [role, lower(holders)])) }),
  };
}

function blastRadius(context: CompileContext, document: OrganizationDocument | undefined): OrganizationRules['blastRadius'] {
  const written = document?.body.blast_radius;
  if (!document || !written) return undefined;
  const { max, above } = written;
  const people = new Set(above.approvers.map((one) => one.toLowerCase()));
  if (people.has('manager'))
    wrong(context, document, ['blast_radius', 'above', 'approvers'], 'A change of policy has no manager: name a group or people');
  if (!above.approvers.some((one) => one.startsWith('group:')) && people.size < above.needs)
    wrong(context, document, ['blast_radius', 'above', 'needs'], `${above.needs} must sign and only ${people.size} may`);
  return { max, approvers: above.approvers, needs: above.needs };
}

function waits(context: CompileContext, document: OrganizationDocument | undefined): ClientWaits {
  const waitsMs: Record<string, number> = {};
  for (const [client, time] of Object.entries(document?.body.waiting ?? {})) {
    const read = readWait(client, time);
    if (typeof read === 'number') waitsMs[client] = read;
    else if (document) wrong(context, document, ['waiting', client], read);
  }
  return waitsMs;
}

function approvalsByTier(context: CompileContext, document: OrganizationDocument | undefined): ReadonlyMap<Tier, ApprovalRule> {
  const rules = new Map<Tier, ApprovalRule>();
  for (const tier of order) {
    const written = document?.body.approvals?.[tier];
    if (!document || !written) continue;
    rules.set(tier, approvalRule(`approvals/${tier}`, written, { context, document, path: ['approvals', tier] }));
  }
  return rules;
}

/** The tier of each effect. The table may be raised, never lowered; what is left out keeps its place. */
function tiers(context: CompileContext, document: OrganizationDocument | undefined): ReadonlyMap<Effect, Tier> {
  const result = new Map(Object.entries(least) as [Effect, Tier][]);
  const written = new Set<Effect>();
  for (const tier of order) {
    for (const [i, effect] of (document?.body.tiers?.[tier] ?? []).entries()) {
      if (!document) continue;
      const path = ['tiers', tier, i];
      if (written.has(effect)) wrong(context, document, path, `\`${effect}\` stands in two tiers`);
      if (order.indexOf(tier) < order.indexOf(least[effect]))
        wrong(context, document, path, `\`${effect}\` (${effects[effect]}) is never below ${least[effect]}`);
      written.add(effect);
      result.set(effect, tier);
    }
  }
  return result;
}

function autoExecute(
  context: CompileContext,
  document: OrganizationDocument,
  line: OrganizationDocument['body']['auto_execute'][number],
  i: number,
): AutoExecuteRule {
  const path = ['auto_execute', i, 'tool'];
  const tool = toolNamed(context, document, path, line.tool);
  if (line.together !== undefined && line.together < line.reach)
    wrong(
      context,
      document,
      ['auto_execute', i, 'together'],
      `Together (${line.together}) is less than one call may touch (${line.reach})`,
    );
  if (tool && neverAutomatic.includes(tool.effect)) {
    wrong(
      context,
      document,
      path,
      `\`${line.tool}\` has effect \`${tool.effect}\`; delete, send, pay and execute are never executed without a person`,
    );
  }
  return {
    id: `auto_execute/${i + 1}`,
    ...splitTool(line.tool),
    reachMax: line.reach,
    togetherMax: line.together ?? line.reach,
    because: line.because,
    owner: line.owner,
    untilMs: endMs(line.until),
    release: line.release,
    definition: line.definition,
  };
}

/** People by id and alias, lower case. Two people under one name would let one speak for the other. */
export function compileDirectory(context: CompileContext): ReadonlyMap<string, DirectoryPerson> {
  const people = new Map<string, DirectoryPerson>();
  for (const document of ofKind(context, 'directory')) {
    for (const [i, entry] of document.body.directory.entries()) {
      const person = {
        id: entry.person.toLowerCase(),
        groups: entry.groups,
        region: entry.region,
        manager: entry.manager?.toLowerCase(),
        aliases: entry.aliases,
      };
      for (const name of new Set([entry.person, ...entry.aliases].map((text) => text.toLowerCase()))) {
        if (people.has(name)) wrong(context, document, ['directory', i], `\`${name}\` names two people in the directory`);
        people.set(name, person);
      }
    }
  }
  return people;
}
