import type { TableRefusal } from '@trapkey/contract/tables.ts';
import type { Facts, Moment } from '../../kernel/facts.ts';
import type { TableJudge } from '../../kernel/readers.ts';
import type { Probe, Ruling } from '../../kernel/stage.ts';

type Known = Pick<Facts, 'call' | 'subject' | 'permitted'>;
type Said = { readonly touched: readonly string[] | undefined } | { readonly ruling: Ruling } | { readonly probe: Probe };

/**
 * What a statement reaches, before anything runs; a connector over a database refuses what its document does not allow.
 * Always enforced: what a mode would let pass here, the connector and the database would refuse.
 */
export function tablesReached({ call, subject, permitted }: Known, moment: Moment, judge: TableJudge | undefined): Said {
  const { connector } = subject;
  const { bounds } = connector;
  if (!bounds || call.method !== 'tools/call') return { touched: undefined };
  const judged = judge?.(connector.connection, { tool: call.name, args: call.args, bounds });
  if (judged) return 'refusal' in judged ? { ruling: refused(judged.refusal, connector) } : judged;
  // Describing makes the tables known; it is asked once, and without an answer nothing may be read.
  if (permitted.rules.name === 'describe') return { touched: [] };
  const key = `${connector.id}/tables`;
  const given = moment.probes.get(key);
  if (judge && !given) return { probe: describing(connector.id, key) };
  return {
    ruling: {
      verdict: 'deny',
      code: 'probe_failed',
      rule: `connector/${connector.id}/connection`,
      says: `The tables of ${connector.id} could not be looked up, so no query can be judged`,
      ...(given?.ok === false && given.lost && { lost: given.lost }),
      owner: connector.owner,
    },
  };
}

function describing(connector: string, key: string): Probe {
  return { kind: 'tool', key, connector, tool: 'describe', args: {}, read: () => true, why: 'tables' };
}

function refused({ code, key, says }: TableRefusal, connector: Facts['subject']['connector']): Ruling {
  return { verdict: 'deny', code, rule: `connector/${connector.id}/${key}`, says, owner: connector.owner };
}
