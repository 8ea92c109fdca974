import type { Topic } from '@trapkey/contract/api/live.ts';
import { ArrowUp } from 'lucide-react';
import { count } from '../lib/format.ts';
import { useNews } from '../lib/live.ts';

/** Says how much is new of a list, and shows it when asked to: nothing moves under the pointer. */
export function NewsBar({ topic }: { readonly topic: Topic }) {
  const [fresh, show] = useNews(topic);
  return (
    <div role="status" className={fresh === 0 ? 'sr-only' : 'sticky top-2 z-20 flex justify-center'}>
      {fresh > 0 && (
        <button
          type="button"
          onClick={show}
          className="inline-flex h-8 items-center gap-1.5 rounded-full bg-solid px-3.5 text-sm font-medium text-on-solid shadow-float hover:bg-solid-strong"
        >
          <ArrowUp aria-hidden size={14} /> {count(fresh)} new
        </button>
      )}
    </div>
  );
}
