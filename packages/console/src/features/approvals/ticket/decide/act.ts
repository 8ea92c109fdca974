import { decided } from '@trapkey/contract/api/approvals.ts';
import type { z } from 'zod';
import { usePost } from '../../../../lib/queries.ts';
import { useStepUp } from '../../../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../../../ui/toast.tsx';

const done: Readonly<Record<string, string>> = {
  approved: 'Approved',
  refused: 'Refused',
  held: 'Noted; it still waits',
  withdrawn: 'Taken back',
  executing: 'It runs',
  done: 'It ran',
};

/** Sends a decision; shows a credential first where that is wanted. Gives whether it was done. */
export function useDecide(id: string) {
  const { mutateAsync, isPending } = usePost<z.output<typeof decided>, object>(`/api/approvals/${id}/decide`, decided, [
    '/api/approvals',
    '/api/home',
  ]);
  const { guarded, dialog } = useStepUp();
  return {
    busy: isPending,
    dialog,
    async decide(body: object, says?: string): Promise<boolean> {
      try {
        const ticket = await guarded(() => mutateAsync(body));
        if (ticket) tell(`${says ?? done[ticket.state] ?? 'Done'}: ${id}`);
        return ticket !== undefined;
      } catch (error) {
        tellRefusal(error);
        return false;
      }
    },
  };
}
