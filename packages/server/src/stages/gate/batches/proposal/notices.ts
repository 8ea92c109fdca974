import type { TargetName } from '../../../../kernel/alert-rules.ts';
import { counted } from '../../../../kernel/counted.ts';
import type { Notice } from '../../../../kernel/messages.ts';
import type { PolicySet } from '../../../../kernel/rules.ts';
import type { BatchRow } from './store.ts';
import { nameOf, ownerOf, toolsOf } from './tools.ts';

/** What of a batch people are told. */
export type BatchEvent = 'proposed' | 'reminder' | 'escalated' | 'returned' | 'ready' | 'refused' | 'paused' | 'applied' | 'aborted';

const events: Readonly<Record<BatchEvent, { readonly title: string; readonly says: string; readonly to: readonly TargetName[] }>> = {
  proposed: { title: 'A batch waits for its sample', says: 'People mark its sample; nothing of it happened.', to: ['approvals', 'owners'] },
  reminder: { title: 'A batch still waits', says: 'Nothing of it happened; it waits for a person.', to: ['approvals'] },
  escalated: {
    title: 'Nobody decided on a batch in time',
    says: 'Nothing of it happened; further people may decide now.',
    to: ['approvals', 'owners'],
  },
  returned: {
    title: 'A batch was returned',
    says: 'Nothing of it happened; a person decides what becomes of it.',
    to: ['approvals', 'owners'],
  },
  ready: { title: 'A batch may be applied', says: 'Its sample is clean; nothing of it happened yet.', to: ['approvals'] },
  refused: { title: 'A batch was refused', says: 'Nothing of it happens.', to: ['owners'] },
  paused: { title: 'A batch is paused', says: 'Part of it may have been made; the rest waits for a person.', to: ['approvals'] },
  applied: { title: 'A batch was applied', says: 'Every change of it has ended; its page says how.', to: ['approvals', 'owners'] },
  aborted: { title: 'A batch was ended in the middle', says: 'What was made stays made; the rest is not.', to: ['owners'] },
};

/** The message of an event; whoever may decide is asked, and never the person whose agent made the batch. */
export function batchNotice(
  policy: Partial<Pick<PolicySet, 'plugins'>>,
  row: BatchRow,
  event: BatchEvent,
  more: { readonly asked: readonly string[]; readonly by?: string; readonly quote?: string; readonly fact?: string },
): Notice {
  const { title, says, to } = events[event];
  const tools = toolsOf(row).map((tool) => `${nameOf(tool)} ${counted(tool.count, 'change', 'changes')}`);
  const attempt = row.attempt > 1 ? `, submission ${row.attempt}` : '';
  return {
    about: 'batch',
    id: row.id,
    event: `batch.${event}`,
    title,
    sentence: `${counted(row.changes, 'change', 'changes')} of ${row.plugin}@${row.version} for ${row.person}${attempt}. ${says}`,
    facts: [...(more.fact === undefined ? [] : [more.fact]), ...tools.slice(0, 4), `Sample: ${row.sample} drawn by lot`],
    ...(more.by !== undefined && { by: more.by }),
    ...(more.quote !== undefined && more.quote !== '' && { quote: more.quote }),
    path: `/b/${row.id}`,
    to,
    owner: ownerOf(policy, row),
    asked: { names: more.asked, by: row.person },
  };
}
