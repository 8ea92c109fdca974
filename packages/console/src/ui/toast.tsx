import { Toast } from '@base-ui/react/toast';
import { Check, TriangleAlert, X } from 'lucide-react';
import { isSignedOut } from '../lib/session.ts';

const manager = Toast.createToastManager();

/** Says what came of what the person just did; never what happened elsewhere. */
export function tell(says: string, more?: { readonly next?: string | null; readonly bad?: boolean }): void {
  manager.add({
    title: says,
    ...(more?.next && { description: more.next }),
    type: more?.bad ? 'bad' : 'good',
    priority: more?.bad ? 'high' : 'low',
    timeout: more?.bad ? 12_000 : 5_000,
  });
}

/** Says that what the person did was refused, in the server's words. */
export function tellRefusal(error: unknown): void {
  // The whole page says so.
  if (isSignedOut(error)) return;
  const next = error instanceof Error && 'next' in error && typeof error.next === 'string' ? error.next : null;
  tell(error instanceof Error ? error.message : 'That did not work.', { next, bad: true });
}

/** Where they appear. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[calc(100vw-2rem)] max-w-sm flex-col gap-2">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="appears flex items-start gap-2.5 rounded-lg border border-line bg-raised p-3 text-sm shadow-float"
    >
      {toast.type === 'bad' ? (
        <TriangleAlert aria-hidden size={16} className="mt-0.5 shrink-0 text-bad" />
      ) : (
        <Check aria-hidden size={16} className="mt-0.5 shrink-0 text-good" />
      )}
      <div className="min-w-0 flex-1">
        <Toast.Title className="font-medium" />
        <Toast.Description className="text-soft" />
      </div>
      <Toast.Close
        aria-label="Close"
        className="inline-flex size-6 items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-ink"
      >
        <X aria-hidden size={14} />
      </Toast.Close>
    </Toast.Root>
  ));
}
