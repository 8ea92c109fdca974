import type { PolicyChecked, PolicyNow } from '@trapkey/contract/api/policy.ts';
import { CircleAlert, EyeOff, FileCheck2, FilePen, FileText, List } from 'lucide-react';
import { count } from '../../../lib/format.ts';
import type { Draft } from '../draft.ts';

const icons = { documents: FileText, list: List, cases: FileCheck2 } as const;

/** The files of the set, and of cases beside it; which were changed, and which have a problem. */
export function FileList({
  draft,
  file,
  kinds,
  problems,
  onFile,
}: {
  readonly draft: Draft;
  readonly file: string;
  readonly kinds: PolicyNow['files'];
  readonly problems: PolicyChecked['errors'];
  readonly onFile: (file: string) => void;
}) {
  return (
    <nav aria-label="Files" className="flex flex-wrap gap-1">
      {Object.keys(draft.texts).map((name) => {
        const changed = draft.changed.includes(name);
        const wrong = problems.some((one) => one.file === name);
        const kind = kinds.find((one) => one.file === name)?.kind ?? 'documents';
        const Icon = wrong ? CircleAlert : changed ? FilePen : icons[kind];
        return (
          <button
            key={name}
            type="button"
            aria-current={name === file ? 'true' : undefined}
            onClick={() => onFile(name)}
            className="inline-flex h-8 items-center gap-1.5 rounded-md border border-transparent px-2.5 font-mono text-xs text-soft hover:bg-hover aria-[current]:border-line-strong aria-[current]:bg-surface aria-[current]:text-ink"
          >
            <Icon aria-hidden size={13} className={wrong ? 'text-bad' : changed ? 'text-note' : 'text-faint'} />
            {name}
            {changed && <span className="font-sans text-faint">{draft.base[name] === undefined ? 'new' : 'changed'}</span>}
            {wrong && <span className="sr-only">, has a problem</span>}
          </button>
        );
      })}
      {kinds
        .filter(({ text }) => text === null)
        .map(({ file: name, sizeBytes }) => (
          <span
            key={name}
            title="Administrators and auditors read the texts of lists."
            className="inline-flex h-8 items-center gap-1.5 px-2.5 font-mono text-xs text-faint"
          >
            <EyeOff aria-hidden size={13} /> {name}
            <span className="font-sans">{count(sizeBytes)} bytes, not shown: administrators and auditors read lists</span>
          </span>
        ))}
    </nav>
  );
}
