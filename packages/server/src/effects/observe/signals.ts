import type { Entry } from '@trapkey/contract/entry.ts';
import type { Signal } from '../../kernel/alerts.ts';
import { isOfCanary } from '../../kernel/rehearsal.ts';
import type { PolicySet } from '../../kernel/rules.ts';

/** What of the running policy says what is worth telling. */
export type ObservingPolicy = Pick<PolicySet, 'connectors' | 'connections' | 'plugins' | 'organization' | 'directory'>;

/** What reading entries needs besides them. */
export interface Seeing {
  readonly policy: ObservingPolicy;
  readonly names: ReadonlyMap<string, string>;
}

const scopeCodes: ReadonlySet<string> = new Set([
  ...['not_for_person', 'unknown_plugin', 'unknown_connector', 'release_not_current', 'release_not_approved', 'not_offered'],
  ...['not_in_profile', 'not_entitled', 'bound_elsewhere', 'read_only', 'draft_only', 'table_not_allowed', 'column_denied'],
  ...['class_barred', 'region_barred', 'not_enforceable'],
]);
const checkCodes: ReadonlySet<string> = new Set(['check_failed', 'checker_denied', 'policy_error', 'probe_failed']);

/** The signal that an entry is, if it is one. Nothing here reads a payload, and people are named only where they acted on their own. */
export function signalOf(entry: Entry, seeing: Seeing): Signal | undefined {
  if (isOfCanary(entry)) return undefined;
  const signal = bySort(entry, seeing);
  return signal && { atMs: Date.parse(entry.timestamp), ...(entry.call !== undefined && { call: entry.call }), ...signal };
}

function bySort(entry: Entry, seeing: Seeing): Signal | undefined {
  if (entry.kind === 'decided') return refused(entry, seeing.policy);
  if (entry.kind === 'executed') return executed(entry, seeing.policy);
  if (entry.kind === 'closed') return unknownOutcome(entry);
  if (entry.kind === 'approved') return brokeGlass(entry, seeing);
  return entry.kind === 'admin' ? administered(entry, seeing) : undefined;
}

/** Names come from callers: one that the policy does not know must not open an alert of its own. */
function refused(entry: Entry, { plugins, connectors }: ObservingPolicy): Signal | undefined {
  const plugin = entry.plugin?.split('@')[0] ?? '';
  const connector = entry.connector ?? '';
  const known = { ...(plugins.has(plugin) && { plugin }), ...(connectors.has(connector) && { connector }) };
  const facts = [...(entry.rule === undefined ? [] : [`Rule ${entry.rule}`]), ...look(entry)];
  if (entry.code !== undefined && scopeCodes.has(entry.code)) {
    const what = `${known.plugin ?? 'an unknown plugin'} on ${known.connector ?? 'an unknown connector'}`;
    return {
      ...{ kind: 'out_of_scope', scope: `plugin:${known.plugin ?? 'unknown'} connector:${known.connector ?? 'unknown'}`, facts, ...known },
      says: `A call by ${what} was refused as out of scope (${entry.code}). Nothing was touched. If it should be in scope, change the policy; if not, see who asks.`,
    };
  }
  if (entry.code === undefined || !checkCodes.has(entry.code) || known.connector === undefined) return undefined;
  return {
    ...{ kind: 'check_failed', scope: `connector:${connector} rule:${entry.rule ?? entry.code}`, facts, ...known },
    says: `A call of ${connector}.${entry.tool ?? '?'} was refused by a check (${entry.code}). Nothing was touched. See whether the rule is right, or what the agent tries.`,
  };
}

function executed(entry: Entry, { connectors }: ObservingPolicy): Signal | undefined {
  if (entry.outcome === 'unknown') return unknownOutcome(entry);
  const over = connectors.get(entry.connector ?? '')?.alertRowsOver;
  const rows = entry.result?.rows;
  if (over === undefined || rows === undefined || rows <= over) return undefined;
  return {
    ...{ kind: 'large_pull', scope: `connector:${entry.connector}`, ...of(entry) },
    says: `One call of ${entry.connector}.${entry.tool} returned ${count(rows)} rows, over the ${count(over)} that its owner wants to hear of. It was allowed and released.`,
    facts: [`By ${entry.plugin ?? 'an unknown release'}`, ...look(entry)],
  };
}

function unknownOutcome(entry: Entry): Signal | undefined {
  // A request or probe that was cut off sent nothing of the call itself.
  if (entry.kind === 'closed' && entry.detail !== undefined && !entry.detail.includes('cannot be known')) return undefined;
  return {
    ...{ kind: 'outcome_unknown', scope: `connector:${entry.connector ?? 'unknown'}`, ...of(entry) },
    says: `A call of ${entry.connector ?? '?'}.${entry.tool ?? '?'} was sent and no answer came, so it is not known whether it happened. It is not sent again. Look it up in the system itself.`,
    facts: look(entry),
  };
}

function brokeGlass(entry: Entry, { names }: Seeing): Signal | undefined {
  if (!entry.approval?.startsWith('break-glass:') || entry.ticket === undefined) return undefined;
  const who = entry.approval.slice('break-glass:'.length);
  return {
    ...{ kind: 'review_due', scope: `ticket:${entry.ticket}`, link: '/reviews', ...of(entry) },
    says: `${names.get(who) ?? 'Somebody'} let ticket ${entry.ticket} run alone, in an emergency. Somebody else has to look at it and write down that they did.`,
    facts: [`Calls ${entry.connector ?? '?'}.${entry.tool ?? '?'}`, `Review it: trapkey reviews done ${entry.ticket} --note "…"`],
  };
}

/** As an entry of a stop says that a limit engaged it. */
const ofLimit = /(?:^|; )of limit:L-[0-9A-Z]{10}(?:;|$)/;

function administered(entry: Entry, { names, policy }: Seeing): Signal | undefined {
  const who = names.get(entry.on_behalf_of ?? '') ?? 'somebody';
  const stop = /\bS-[0-9A-Z]{10}\b/.exec(`${entry.subject} ${entry.detail}`)?.[0] ?? 'unknown';
  const scope = (entry.subject ?? '')
    .replace(`${stop} `, '')
    .replace(/^person:(.*)$/, (_, one: string) => `person ${names.get(one) ?? one}`);
  // The alert of a trip tells of its stop, and ends with its reset.
  if (/^stop\./.test(entry.action ?? '') && ofLimit.test(entry.detail ?? '')) return undefined;
  switch (entry.action) {
    case 'stop.engaged':
      return {
        ...{ kind: 'stop_engaged', scope: `stop:${stop}`, ...of(entry) },
        says: `${who} stopped ${scope}: ${entry.reason ?? 'no reason given'}`,
        facts: [entry.detail ?? '', 'See: trapkey stop list'].filter(Boolean),
      };
    case 'stop.released':
    case 'stop.lapsed':
      return {
        ...{ kind: 'stop_released', scope: `stop:${stop}`, ...of(entry) },
        says:
          entry.action === 'stop.lapsed'
            ? `The stop on ${scope} ran out.`
            : `${who} released the stop on ${scope}: ${entry.reason ?? 'no reason given'}`,
      };
    case 'policy.refuse':
      return {
        ...{ kind: 'policy_refused', scope: 'policy', link: '/alerts' },
        says: `A changed policy was refused whole (${entry.reason ?? 'it does not check'}). The published policy keeps running, unchanged. Mend what is named, then look with: trapkey policy check`,
        facts: (entry.detail ?? '').split('\n').filter(Boolean),
      };
    case 'autonomy.demoted':
      return {
        ...{ kind: 'autonomy_demoted', scope: `workflow:${entry.subject}`, link: '/alerts', ...of(entry) },
        says: `${entry.subject} does less by itself now (${entry.detail ?? ''}): ${entry.reason ?? ''}. It stays so until a person raises it.`,
        facts: [`See: trapkey autonomy show ${entry.subject}`],
      };
    case 'ticket.reviewed':
      return { kind: 'review_done', scope: `ticket:${entry.subject}`, link: '/reviews', says: `${who} reviewed ticket ${entry.subject}.` };
    case 'definitions.changed': {
      const connection = (entry.subject ?? '').replace(/^connection /, '');
      const connector = [...policy.connectors.values()].find((one) => one.connection === connection)?.id;
      return {
        ...{ kind: 'definition_changed', scope: `connection:${connection}`, ...(connector !== undefined && { connector }) },
        says: `What connection ${connection} declares is not what was reviewed: ${entry.detail ?? ''}. Changed tools are not called before somebody accepts them.`,
        facts: [`See: trapkey catalog diff ${connection}`],
      };
    }
    case 'definitions.suspicious': {
      const connection = (entry.subject ?? '').replace(/^connection /, '');
      const connector = [...policy.connectors.values()].find((one) => one.connection === connection)?.id;
      return {
        ...{ kind: 'definition_suspicious', scope: `connection:${connection}`, ...(connector !== undefined && { connector }) },
        says: `Connection ${connection} declares something that speaks to the model past its purpose, or hides: ${entry.detail ?? ''}. What is grave is not offered before somebody accepted it.`,
        facts: [`See: trapkey catalog diff ${connection}`],
      };
    }
    default:
      return releases(entry, who);
  }
}

/** What happens to releases of the catalog. */
function releases(entry: Entry, who: string): Signal | undefined {
  const what = entry.subject ?? 'a release';
  const [name = '', id = what] = what.split(' ');
  const about = { scope: `release:${id}`, ...(name === 'plugin' && { plugin: id.split('@')[0] ?? id }), link: '/catalog' } as const;
  switch (entry.action) {
    case 'release.proposed':
      return {
        kind: 'release_waits',
        ...about,
        says: `${who} proposed ${what}. It is refused until it was reviewed; what runs now stays as it is.`,
      };
    case 'release.changed_upstream':
      return {
        kind: 'release_changed',
        ...about,
        says: `${what} was sent in with other files than those of the catalog (${entry.detail ?? ''}). They were kept out.`,
      };
    case 'release.revoked':
      return { kind: 'release_revoked', ...about, says: `${who} revoked ${what}: ${entry.reason ?? ''}. Its calls are refused.` };
    case 'release.rolled_back':
      return {
        kind: 'release_revoked',
        ...about,
        says: `${who} rolled back to ${what}: ${entry.reason ?? ''}. Calls of the release before are refused.`,
      };
    default:
      return undefined;
  }
}

function of(entry: Entry): Pick<Signal, 'connector' | 'plugin'> {
  const plugin = entry.plugin?.split('@')[0];
  return { ...(entry.connector !== undefined && { connector: entry.connector }), ...(plugin !== undefined && { plugin }) };
}

function look(entry: Entry): readonly string[] {
  return entry.call === undefined ? [] : [`See: trapkey record show ${entry.call}`];
}

const number = new Intl.NumberFormat('en-US');
function count(many: number): string {
  return number.format(many);
}
