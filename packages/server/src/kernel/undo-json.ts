import type { UndoItem, UndoSummary } from '@trapkey/contract/api/undo.ts';
import type { UndoItemView, UndoView } from './undo.ts';

/** An undo as the API and commands give it. */
export function summaryJson({ scope, counts, ...view }: UndoView): UndoSummary {
  return {
    id: view.id,
    state: view.state,
    says: view.says,
    scope: { kind: scope.kind, id: scope.id, since_ms: scope.kind === 'release' ? scope.sinceMs : null },
    release: view.release,
    person: view.person,
    reason: view.reason,
    asked_at_ms: view.askedAtMs,
    looked_at_ms: view.lookedAtMs ?? null,
    started_by: view.startedBy ?? null,
    started_at_ms: view.startedAtMs ?? null,
    ended_by: view.endedBy ?? null,
    ended_at_ms: view.endedAtMs ?? null,
    run: view.run ?? null,
    items: view.items,
    counts,
    step: view.step,
    target: view.target,
    paused_for: view.pausedFor ?? null,
  };
}

/** One change of it. */
export function itemJson({ n, call, connector, tool, state, code, says, included, ran }: UndoItemView): UndoItem {
  return { n, call, connector, tool, state, code: code ?? null, says: says ?? null, included: included ?? null, ran: ran ?? null };
}
