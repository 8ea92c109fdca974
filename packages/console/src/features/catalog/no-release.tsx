import { releaseDetail } from '@trapkey/contract/api/catalog.ts';
import { PackagePlus } from 'lucide-react';
import { usePost } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import type { Subject } from './subject-data.ts';

/** What runs because policy names it, and how it gets its first review. */
export function NoRelease({ of: { subject } }: { readonly of: Subject }) {
  const { kind, id } = subject;
  const may = useHasRole('approver', 'owner', 'administrator');
  const post = usePost('/api/catalog/releases', releaseDetail, ['/api/catalog']);
  const propose = () =>
    post
      .mutateAsync({ connector: id })
      .then(({ version }) => tell(`Proposed ${id} as release ${version}`))
      .catch(tellRefusal);
  return (
    <Card>
      <Empty icon={PackagePlus} title="No release of it was proposed">
        {kind === 'connector' ? (
          <>
            <p>It runs as policy names it. A release binds a review to what its upstream declares now.</p>
            {may && (
              <Button look="primary" className="mt-3" busy={post.isPending} onClick={() => void propose()}>
                Propose what it declares now
              </Button>
            )}
          </>
        ) : (
          <p>
            It runs as policy names it. <code>trapkey catalog propose ./{id}</code> reads its folder, archive or repository; nothing of it
            runs.
          </p>
        )}
      </Empty>
    </Card>
  );
}
