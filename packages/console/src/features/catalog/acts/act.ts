import { type ReleaseDetailShown, releaseDetail } from '@trapkey/contract/api/catalog.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { usePost } from '../../../lib/queries.ts';
import { useStepUp } from '../../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../../ui/toast.tsx';

/** Does something with a release; where the server wants a credential shown, asks for it. True once it was done. */
export function useAct({ kind, id, version }: Pick<ReleaseDetailShown, 'kind' | 'id' | 'version'>) {
  const path = `/api/catalog/releases/${kind}/${encodeURIComponent(id)}/${encodeURIComponent(version)}`;
  const post = usePost(path, releaseDetail, ['/api/catalog', '/api/home', '/api/policy/effective', '/api/blast']);
  const { guarded, dialog } = useStepUp();
  const act = async (body: JsonObject, done: string): Promise<boolean> => {
    try {
      if (!(await guarded(() => post.mutateAsync(body)))) return false;
      tell(done);
      return true;
    } catch (error) {
      tellRefusal(error);
      return false;
    }
  };
  return { act, busy: post.isPending, dialog };
}
