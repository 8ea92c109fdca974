import type { Notice } from '../../kernel/messages.ts';
import type { RequestRow } from './store.ts';

/** The owner reads what is asked about, by whom and why, and answers on the page. */
export function noticeOf(row: RequestRow): Notice {
  return {
    ...{ about: 'request', id: row.id, event: 'request.opened', title: 'Access asked for', by: row.person, quote: row.text },
    sentence: `${row.person} asks about rule ${row.rule}, which refused a call of theirs.`,
    facts: [`${row.owner} can answer it, or an administrator`, 'Opening it changes nothing'],
    ...{ path: '/requests', to: ['owners'], owner: row.owner },
  };
}
