import { hkdfSync } from 'node:crypto';
import type { Code, Effect } from '@trapkey/contract/codes.ts';
import type { Call } from '../../../kernel/call.ts';
import type { Facts, Subject } from '../../../kernel/facts.ts';
import type { RefusedBefore } from '../../../kernel/limits.ts';
import { rulesOf } from '../../../kernel/operation.ts';
import { provedSession } from '../../../kernel/runs.ts';
import type { Ruling } from '../../../kernel/stage.ts';
import { takesBack } from '../../../kernel/takes-back.ts';
import { unprovedRunMs } from './charges.ts';
import type { RefusalRow } from './store.ts';
import { isWayTo, targetsOf } from './targets.ts';

/** Refusals of what was wanted. Others are of how it was asked, or of the moment, and another try is in order. */
const ofTheGoal: ReadonlySet<Code> = new Set<Code>([
  'check_failed',
  'checker_denied',
  'not_offered',
  'not_in_profile',
  'not_entitled',
  'read_only',
  'draft_only',
  'refused_before',
  'class_barred',
  'region_barred',
  'bound_elsewhere',
  'provenance',
  'flow',
]);

/** What was refused to one person with one release, newest first. */
export interface Refusals {
  /** Every refusal that counts, as the database has them. */
  replace(rows: readonly RefusalRow[]): void;
  add(row: RefusalRow): void;
  find(facts: Pick<Facts, 'call' | 'subject' | 'permitted'>): RefusedBefore | undefined;
  /** The row that a refusal becomes; undefined where it says nothing about other ways. */
  rowOf(known: Partial<Facts> & Pick<Facts, 'call'>, ruling: Ruling): RefusalRow | undefined;
}

interface Known extends RefusalRow {
  readonly keys: ReadonlySet<string>;
}

const perPartyMax = 50;

/** Opens the memory; `shared` is a key that every process has. */
export function openRefusals(shared: Uint8Array): Refusals {
  const key = new Uint8Array(hkdfSync('sha256', shared, '', 'trapkey/refused-targets/1', 32));
  let byParty = new Map<string, Known[]>();
  const known = (row: RefusalRow): Known => ({ ...row, keys: new Set(JSON.parse(row.targets) as string[]) });
  return {
    replace(rows) {
      byParty = new Map();
      for (const row of rows) {
        const list = byParty.get(row.party) ?? [];
        if (list.length < perPartyMax) list.push(known(row));
        byParty.set(row.party, list);
      }
    },
    add(row) {
      byParty.set(row.party, [known(row), ...(byParty.get(row.party) ?? [])].slice(0, perPartyMax));
    },
    find({ call, subject, permitted }) {
      const list = byParty.get(partyKey(call, subject));
      // A ticket is one person's word on exactly this call: it stands above what was refused before.
      if (!list || call.method !== 'tools/call' || call.ticket?.state === 'approved' || takesBack(call)) return undefined;
      const { effect } = permitted.rules;
      const others = list.filter(
        (one) =>
          isOther(one, call) &&
          isWayTo({ effect: one.effect as Effect, code: one.code as Code }, effect) &&
          call.atMs < one.at_ms + unprovedRunMs,
      );
      if (others.length === 0) return undefined;
      const targets = targetsOf(key, call.args);
      const found = others.find(({ keys }) => [...keys].some((target) => targets.has(target)));
      return found && { tool: `${found.connector}.${found.tool}`, rule: found.rule, call: found.call };
    },
    rowOf(facts, ruling) {
      const { call, subject } = facts;
      if (!subject || call.method !== 'tools/call' || takesBack(call)) return undefined;
      const held = ruling.verdict === 'hold';
      if (!held && !ofTheGoal.has(ruling.code)) return undefined;
      const rules = facts.permitted?.rules ?? rulesOf(subject.connector, call);
      const effect = rules?.effect;
      if (effect === undefined || effect === 'read' || effect === 'draft') return undefined;
      const targets = targetsOf(key, call.args);
      if (targets.size === 0) return undefined;
      return {
        call: call.id,
        party: partyKey(call, subject),
        effect,
        code: held ? 'refused_before' : ruling.code,
        connector: subject.connector.id,
        tool: call.name,
        instead: rules?.instead ?? null,
        targets: JSON.stringify([...targets]),
        rule: ruling.rule,
        ticket: held || ruling.code === 'refused_before' ? (ruling.ticket ?? null) : null,
        at_ms: call.atMs,
      };
    },
  };
}

/** Another tool; the one that the refusal itself offered instead is no way around. */
function isOther(refused: RefusalRow, { endpoint, name }: Call): boolean {
  if (refused.connector === endpoint.connector && (refused.tool === name || refused.instead === name)) return false;
  return true;
}

/** Within the run where a witness proves it, else the person with the release. */
function partyKey({ where }: Pick<Call, 'where'>, { run, person, plugin }: Subject): string {
  return provedSession(where) === undefined ? `${person}|${plugin.id}@${plugin.version}` : run.id;
}
