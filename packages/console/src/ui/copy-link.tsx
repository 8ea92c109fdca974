import { Check, Copy, Link2 } from 'lucide-react';
import { useState } from 'react';
import { copy } from '../lib/copy.ts';
import { IconButton } from './button.tsx';

/** Copies the address of what is shown, or any text. */
export function CopyButton({ text, label }: { readonly text?: string; readonly label: string }) {
  const [done, setDone] = useState(false);
  const Icon = done ? Check : text === undefined ? Link2 : Copy;
  return (
    <IconButton
      label={done ? 'Copied' : label}
      onClick={async () => {
        if (!(await copy(text ?? location.href))) return;
        setDone(true);
        setTimeout(() => setDone(false), 1_500);
      }}
    >
      <Icon aria-hidden size={14} />
    </IconButton>
  );
}

/** An id that can be copied. */
export function Id({ id }: { readonly id: string }) {
  return (
    <span className="inline-flex items-center gap-0.5 font-mono text-xs">
      {id}
      <CopyButton text={id} label={`Copy ${id}`} />
    </span>
  );
}
