import type { Mine } from '@trapkey/contract/api/mine.ts';
import { stop } from '@trapkey/contract/api/stops.ts';
import { OctagonX } from 'lucide-react';
import { usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

/** One press stops everything that runs for oneself; no question before it. */
export function OwnStop({ mine }: { readonly mine: Mine }) {
  const post = usePost('/api/stops', stop, ['/api/mine', '/api/stops']);
  const press = () =>
    post
      .mutateAsync({ scope: mine.stopScope, reason: 'pulled by the person whose agents they are' })
      .then(() => tell('Your agents are stopped. An administrator releases them.'))
      .catch(tellRefusal);
  return (
    <Button
      look="danger"
      size="lg"
      busy={post.isPending}
      disabled={mine.stops.some(({ scope }) => scope === mine.stopScope)}
      onClick={() => void press()}
    >
      <OctagonX aria-hidden size={16} /> Stop my agents
    </Button>
  );
}
