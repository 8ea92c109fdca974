import { useMemo } from 'react';
import { boundNow } from '../lib/keys.ts';
import { setPref, usePref } from '../lib/prefs.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Check } from '../ui/field.tsx';
import { Keys } from '../ui/kbd.tsx';

/** Every key that works here, and the switch that turns the single-letter ones off. */
export function KeysHelp({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const letters = usePref('letterKeys');
  // As it was when it was asked for: under this dialog nothing is heard.
  const bound = useMemo(() => (open ? boundNow() : []), [open]);
  const groups = Object.groupBy(bound, ({ group }) => group);
  return (
    <Dialog open={open} onClose={onClose} title="Keys" width="max-w-2xl">
      <div className="mb-4">
        <Check label="Single-letter keys" checked={letters} onChange={({ target }) => setPref('letterKeys', target.checked)} />
      </div>
      <div className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
        {Object.entries(groups).map(([group, bindings = []]) => (
          <section key={group} aria-label={group}>
            <h3 className="mb-1 text-xs font-medium text-faint">{group}</h3>
            <ul className="text-sm">
              {[...new Map(bindings.map((one) => [one.keys, one])).values()].map(({ keys, label }) => (
                <li key={keys} className="flex items-center justify-between border-b border-line py-1.5 last:border-0">
                  {label} <Keys keys={keys} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
