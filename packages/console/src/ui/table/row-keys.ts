import { type RefObject, useRef } from 'react';
import { copy } from '../../lib/copy.ts';
import { useKeys } from '../../lib/keys.ts';

interface Rows {
  readonly count: number;
  readonly scroller: RefObject<HTMLElement | null>;
  /** Brings a row into sight. */
  readonly show: (row: number) => void;
  readonly mark: (row: number) => void;
}

/** J and K go from row to row: the row's link has the focus, so Enter opens it as everywhere. */
export function useRowKeys({ count, scroller, show, mark }: Rows): { readonly at: (row: number) => void } {
  const active = useRef(-1);
  const linkOf = (row: number) => scroller.current?.querySelector<HTMLAnchorElement>(`[data-row="${row}"] a[data-open]`);
  const go = (row: number) => {
    const next = Math.max(0, Math.min(count - 1, row));
    active.current = next;
    show(next);
    // A row that was out of sight is made with the next frame.
    const focus = (tries: number) => {
      const link = linkOf(next);
      if (link) link.focus({ preventScroll: link.getBoundingClientRect().top > 0 });
      else if (tries > 0) requestAnimationFrame(() => focus(tries - 1));
    };
    focus(10);
  };
  const group = 'Lists';
  useKeys([
    { keys: 'j', label: 'Next row', group, run: () => go(active.current + 1) },
    { keys: 'k', label: 'Row before', group, run: () => go(active.current - 1) },
    { keys: 'enter', label: 'Open the row', group, run: () => linkOf(Math.max(0, active.current))?.click() },
    { keys: 'x', label: 'Mark the row', group, run: () => active.current >= 0 && mark(active.current) },
    {
      keys: 'y',
      label: 'Copy the link',
      group,
      run: () => void copy(linkOf(active.current)?.href ?? location.href),
    },
  ]);
  return {
    at: (row) => {
      active.current = row;
    },
  };
}
