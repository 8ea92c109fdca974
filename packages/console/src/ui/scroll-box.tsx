import type { ReactNode } from 'react';

/**
 * What is wider than its frame scrolls in it, by the keyboard too. What readers alone hear is placed in it and scrolls along:
 * placed by the page, it would make the page as long as what is hidden here.
 */
export function ScrollBox({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
    <section aria-label={label} tabIndex={0} className="relative overflow-x-auto">
      {children}
    </section>
  );
}
