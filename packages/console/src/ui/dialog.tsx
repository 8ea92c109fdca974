import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useKeys } from '../lib/keys.ts';
import { classes } from './classes.ts';

interface Opening {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly says?: ReactNode;
  readonly children: ReactNode;
  /** Buttons, the likeliest last. */
  readonly foot?: ReactNode;
}

/** A question that must be answered or left before going on. */
export function Dialog({ open, onClose, title, says, children, foot, width = 'max-w-lg' }: Opening & { readonly width?: string }) {
  useKeys([], { modal: true, enabled: open });
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="appears fixed inset-0 z-40 bg-shade" />
        <Base.Popup
          className={classes(
            'appears fixed top-[8vh] left-1/2 z-40 flex max-h-[84vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded-xl border border-line bg-raised text-ink shadow-float',
            width,
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg">{title}</Base.Title>
              {says !== undefined && <Base.Description className="mt-0.5 text-sm text-soft">{says}</Base.Description>}
            </div>
            <Base.Close
              aria-label="Close"
              className="inline-flex size-7 items-center justify-center rounded-md text-faint hover:bg-hover hover:text-ink"
            >
              <X aria-hidden size={16} />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-4">{children}</div>
          {foot !== undefined && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{foot}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
