import { undoSummary } from '@trapkey/contract/api/undo.ts';
import type { ReactNode } from 'react';
import { useStepUp } from '../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { useAct } from './act.ts';

/** One act on an undo, proved again where that is asked for; resolves to whether it was done. `dialog` is to be rendered. */
export function useUndoAct(undo: string): {
  readonly act: (name: string, done: string, body?: object) => Promise<boolean>;
  readonly busy: boolean;
  readonly dialog: ReactNode;
} {
  const post = useAct(`/api/undos/${undo}`, undoSummary);
  const { guarded, dialog } = useStepUp();
  const act = async (name: string, done: string, body: object = {}) => {
    try {
      if (!(await guarded(() => post.mutateAsync({ act: name, body })))) return false;
      tell(done);
      return true;
    } catch (error) {
      tellRefusal(error);
      return false;
    }
  };
  return { act, busy: post.isPending, dialog };
}
