import { useQueryClient } from '@tanstack/react-query';
import { policyActed } from '@trapkey/contract/api/policy.ts';
import { useState } from 'react';
import { post } from '../../../lib/api.ts';
import { useStepUp } from '../../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../../ui/toast.tsx';

const changes = /^\/api\/(policy|home|catalog|blast)/;

/** What was looked at: nothing else is changed. */
export interface Meant {
  readonly digest: string;
  readonly running: string;
}

interface Act {
  (what: 'publish' | 'rollback', meant: Meant): Promise<boolean>;
  (what: 'sign' | 'withdraw', meant: Pick<Meant, 'digest'>): Promise<boolean>;
}

/** Publishes, signs, withdraws or goes back; says in the server's words what came of it. True once something did. */
export function usePolicyAct() {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const { guarded, dialog } = useStepUp();
  const act: Act = async (what: string, meant: object) => {
    setBusy(true);
    try {
      const done = await guarded(() => post(`/api/policy/${what}`, policyActed, meant));
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
