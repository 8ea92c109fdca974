import { Tooltip } from '@base-ui/react/tooltip';
import { useNow } from '../lib/now.ts';
import { usePref } from '../lib/prefs.ts';
import { absolute, relative } from '../lib/time.ts';

/** A moment: how long ago, and on hover or focus exactly when. In a row it takes no focus of its own: the row says it. */
export function Time({ atMs, inRow = false }: { readonly atMs: number; readonly inRow?: boolean }) {
  const now = useNow();
  const exact = absolute(atMs, usePref('utc'));
  const iso = new Date(atMs).toISOString();
  if (inRow) {
    return (
      <time dateTime={iso} title={exact} className="whitespace-nowrap">
        {relative(atMs, now)}
      </time>
    );
  }
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        render={
          <button
            type="button"
            className="cursor-default whitespace-nowrap underline decoration-line-strong decoration-dotted underline-offset-3"
          />
        }
      >
        <time dateTime={iso}>{relative(atMs, now)}</time>
        <span className="sr-only">, {exact}</span>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="appears rounded-md border border-line bg-raised px-2 py-1 text-xs text-ink shadow-float">
            {exact}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
