import type { Code } from '@trapkey/contract/codes.ts';

/**
 * Refusals that say nothing of the one change, but of everything that this batch would do now: a stop, a limit, a
 * definition or release that moved, a credential that ended. The change stays staged and the batch waits for a person.
 */
const ofTheWhole: ReadonlySet<Code> = new Set<Code>([
  'stopped',
  'frozen',
  'limit_reached',
  'record_unavailable',
  'definition_changed',
  'release_not_current',
  'release_not_approved',
  'unauthenticated',
  'wrong_audience',
  'not_for_person',
  'not_signed_in',
  'unknown_plugin',
  'unknown_connector',
  'approval_needed',
  'not_enforceable',
  'internal',
]);

/**
 * What becomes of a change that was refused when it was about to be made. `staged`: nothing, and its batch is paused. `unread`:
 * nothing yet; a read that was lost says nothing of the change, and it is read again before that counts.
 */
export function afterRefusal(code: Code): 'staged' | 'refused' | 'conflict' | 'unread' {
  if (code === 'changed_since') return 'conflict';
  if (code === 'probe_failed') return 'unread';
  return ofTheWhole.has(code) ? 'staged' : 'refused';
}
