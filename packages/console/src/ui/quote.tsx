import { Quote as Mark } from 'lucide-react';
import { plain } from '../lib/format.ts';

/** What an agent says, set apart from what the gateway knows: nothing here proves it. */
export function AgentSays({ text }: { readonly text: string }) {
  return (
    <figure className="rounded-lg border border-dashed border-line-strong bg-sunken px-4 py-3">
      <figcaption className="mb-1 flex items-center gap-1.5 text-xs font-medium text-faint">
        <Mark aria-hidden size={12} /> The agent says. Nothing here proves it.
      </figcaption>
      <blockquote className="text-sm whitespace-pre-wrap text-soft italic">{plain(text)}</blockquote>
    </figure>
  );
}

/** Text as it is, to be read and copied letter by letter. */
export function Code({ text, label, tall = false }: { readonly text: string; readonly label: string; readonly tall?: boolean }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
      tabIndex={0}
      className={`overflow-auto rounded-lg border border-line bg-sunken p-3 ${tall ? 'max-h-[70vh]' : 'max-h-96'}`}
    >
      <pre className="font-mono text-xs leading-5 whitespace-pre-wrap">{plain(text)}</pre>
    </section>
  );
}
