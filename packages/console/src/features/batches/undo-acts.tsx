import type { UndoSummary } from '@trapkey/contract/api/undo.ts';
import { Button } from '../../ui/button.tsx';
import { useUndoAct } from './undo-act.ts';
import { WithReason } from './with-reason.tsx';

/** What an operator may do with an undo now; the server decides whether they may. */
export function UndoActs({ undo: { id, state, counts } }: { readonly undo: UndoSummary }) {
  const { act, busy, dialog } = useUndoAct(id);
  const over = state === 'undone' || state === 'aborted';
  return (
    <>
      {state === 'looked' && (counts.possible ?? 0) > 0 && (
        <Button look="danger" busy={busy} onClick={() => void act('start', `Taking back: ${id}`)}>
          Take it back
        </Button>
      )}
      {state === 'paused' && (
        <Button busy={busy} onClick={() => void act('resume', `Going on: ${id}`)}>
          Go on
        </Button>
      )}
      {state === 'undoing' && (
        <WithReason
          label="Pause"
          says="What is on its way ends; nothing more begins until somebody goes on."
          busy={busy}
          act={(reason) => act('pause', `Paused ${id}`, { reason })}
        />
      )}
      {!over && (
        <WithReason
          label="Abort"
          says="What was taken back stays so; what was not stays as it is."
          busy={busy}
          act={(reason) => act('abort', `Aborted ${id}`, { reason })}
        />
      )}
      {dialog}
    </>
  );
}
