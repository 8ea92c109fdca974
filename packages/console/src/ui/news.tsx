import type { Topic } from '@trapkey/contract/api/live.ts';
import { ArrowUp } from 'lucide-react';
import { count } from '../lib/format.ts';
import { useNews } from '../lib/news.ts';

/**
 * Says that a list changed, and how many rows are new where that is known, and shows it when asked to: nothing moves under
 * the pointer. Under a filter nobody knows how many of the new are in the list.
 */
export function NewsBar({ topic, filtered = false }: { readonly topic: Topic; readonly filtered?: boolean }) {
  const [{ times, rows }, show] = useNews(topic);
  return (
    <div role="status" className={times === 0 ? 'sr-only' : 'sticky top-2 z-20 flex justify-center'}>
      {times > 0 && (
        <button
          type="button"
          onClick={show}
          className="inline-flex h-8 items-center gap-1.5 rounded-full bg-solid px-3.5 text-sm font-medium text-on-solid shadow-float hover:bg-solid-strong"
        >
          <ArrowUp aria-hidden size={14} /> {rows > 0 && !filtered ? `${count(rows)} new` : 'New or changed: show'}
        </button>
      )}
    </div>
  );
}
