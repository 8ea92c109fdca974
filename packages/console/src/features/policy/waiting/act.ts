import { useQueryClient } from '@tanstack/react-query';
import { policyActed } from '@trapkey/contract/api/policy.ts';
import { useState } from 'react';
import { post } from '../../../lib/api.ts';
import { useStepUp } from '../../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../../ui/toast.tsx';

const changes = /^\/api\/(policy|home|catalog|blast)/;

/** Publishes, signs, withdraws or goes back; says in the server's words what came of it. True once something did. */
export function usePolicyAct() {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const { guarded, dialog } = useStepUp();
  const act = async (what: 'publish' | 'sign' | 'withdraw' | 'rollback', digest?: string): Promise<boolean> => {
    setBusy(true);
    try {
      const done = await guarded(() => post(`/api/policy/${what}`, policyActed, digest === undefined ? {} : { digest }));
      if (!done) return false;
      await queries.invalidateQueries({ predicate: ({ queryKey: [key] }) => typeof key === 'string' && changes.test(key) });
      tell(done.says);
      return true;
    } catch (error) {
      tellRefusal(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { act, busy, dialog };
}
