import type { PolicyDiff } from '@trapkey/contract/api/policy.ts';
import { FilePlus, FileX, Send } from 'lucide-react';
import { useState } from 'react';
import { useKeys } from '../../../lib/keys.ts';
import { useHasRole } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Keys } from '../../../ui/kbd.tsx';
import type { Draft } from '../draft.ts';
import { NewFile } from './new-file.tsx';
import { ProposeDialog } from './propose.tsx';

/** What may be done with the draft: files put in and taken out, checked, given up, proposed. */
export function Acts({
  draft,
  file,
  diff,
  ready,
  onCheck,
  onFile,
}: {
  readonly draft: Draft;
  readonly file: string;
  readonly diff: PolicyDiff | null;
  readonly ready: boolean;
  readonly onCheck: () => void;
  readonly onFile: (file: string) => void;
}) {
  const [dialog, setDialog] = useState<'propose' | 'file'>();
  const may = useHasRole('administrator');
  const proposable = may && ready && !draft.stale && (diff?.changes.length ?? 0) > 0;
  const close = () => setDialog(undefined);
  useKeys([
    { keys: 'mod+s', label: 'Check', group: 'Policy', run: onCheck },
    { keys: 'mod+enter', label: 'Propose', group: 'Policy', run: () => proposable && setDialog('propose') },
  ]);
  return (
    <span className="ml-auto flex flex-wrap gap-2">
      {may && (
        <Button look="ghost" onClick={() => setDialog('file')}>
          <FilePlus aria-hidden size={14} /> New file
        </Button>
      )}
      {may && Object.keys(draft.texts).length > 1 && (
        <Button look="ghost" aria-label={`Take out ${file}`} onClick={() => draft.drop(file)}>
          <FileX aria-hidden size={14} /> Take out
        </Button>
      )}
      {draft.changed.length > 0 && (
        <Button look="ghost" onClick={draft.discard}>
          Discard
        </Button>
      )}
      <Button onClick={onCheck}>
        Check <Keys keys="mod+s" />
      </Button>
      {may && (
        <Button look="primary" disabled={!proposable} onClick={() => setDialog('propose')}>
          <Send aria-hidden size={14} /> Propose
        </Button>
      )}
      {dialog === 'propose' && <ProposeDialog draft={draft} diff={diff} onClose={close} />}
      {dialog === 'file' && (
        <NewFile
          draft={draft}
          onAdded={(added) => {
            close();
            onFile(added);
          }}
          onClose={close}
        />
      )}
    </span>
  );
}
