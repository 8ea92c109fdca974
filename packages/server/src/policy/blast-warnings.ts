import { blastReport } from '../inventory/blast/read.ts';
import type { PolicySet } from '../kernel/rules.ts';

/** What `policy check` says of how much can be altered unattended: plugins over the max, and connectors that act for several plugins. */
export function blastWarnings(set: PolicySet, nowMs: number): readonly string[] {
  const { plugins, max } = blastReport({ set, grants: [], nowMs });
  const over = plugins.filter((plugin) => plugin.over).map(({ says }) => `${says} blast_radius.max is ${max}.`);
  return [...over, ...sharedBy(set)];
}

function sharedBy({ connectors, plugins }: PolicySet): readonly string[] {
  return [...connectors.values()].flatMap(({ id, tools }) => {
    const users = [...plugins.values()].filter((plugin) => plugin.connectors.includes(id)).map((plugin) => plugin.id);
    const acts = [...tools.values()].some(({ effect }) => effect !== 'read' && effect !== 'draft');
    if (users.length < 2 || !acts) return [];
    return [
      `Connector ${id} acts for ${users.length} plugins (${users.slice(0, 5).join(', ')}${users.length > 5 ? ', …' : ''}): one credential, one stop and one limit hold for all of them; give each its own over the same connection.`,
    ];
  });
}
