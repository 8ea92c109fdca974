import type { PolicyNow } from '@trapkey/contract/api/policy.ts';
import { Send } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { z } from 'zod';
import { useFilters } from '../../../lib/filters.ts';
import { many } from '../../../lib/format.ts';
import { useKeys } from '../../../lib/keys.ts';
import { useHasRole } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Keys } from '../../../ui/kbd.tsx';
import { Card } from '../../../ui/page.tsx';
import { tell } from '../../../ui/toast.tsx';
import { ViewTabs } from '../../../ui/view-tabs.tsx';
import { useChecked } from '../checking.ts';
import type { Draft } from '../draft.ts';
import { Form } from '../form/form.tsx';
import { Cases } from './cases.tsx';
import { Changes } from './changes.tsx';
import { Editor, type EditorHandle } from './editor.tsx';
import { FileList } from './files.tsx';
import { Problems } from './problems.tsx';
import { ProposeDialog } from './propose.tsx';
import { Replay } from './replay.tsx';

const sides = ['form', 'changes', 'calls', 'cases'] as const;
const filters = z.object({ file: z.string().max(200).default(''), side: z.enum(sides).default('form') });

/** The rules as text, with what the check says under it and what it means beside it. */
export function Rules({ now, draft }: { readonly now: PolicyNow; readonly draft: Draft }) {
  const [{ file: asked, side }, set] = useFilters(filters);
  const [caret, setCaret] = useState(0);
  const [proposing, setProposing] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const { data: checked, fresh, refetch } = useChecked(draft.texts);
  const may = useHasRole('administrator');
  const file = draft.texts[asked] === undefined ? (Object.keys(draft.texts)[0] ?? '') : asked;
  const text = draft.texts[file] ?? '';
  const errors = checked?.errors ?? [];
  const ready = fresh && errors.length === 0;
  const proposable = may && ready && (checked?.diff?.changes.length ?? 0) > 0;
  const validate = () =>
    void refetch().then(
      ({ data }) => data && tell(data.errors.length === 0 ? 'It checks' : `It does not check: ${many(data.errors.length, 'problem')}`),
    );
  const goTo = (where: string, line: number, column: number) => {
    set({ file: where });
    // The other file is in the editor only after this.
    requestAnimationFrame(() => requestAnimationFrame(() => editor.current?.goTo(line, column)));
  };
  useKeys([
    { keys: 'mod+s', label: 'Check', group: 'Policy', run: validate },
    { keys: 'mod+enter', label: 'Propose', group: 'Policy', run: () => proposable && setProposing(true) },
  ]);
  const panels: Readonly<Record<(typeof sides)[number], ReactNode>> = {
    form: (
      <Form
        text={text}
        caret={caret}
        readOnly={false}
        onText={(next) => draft.set(file, next)}
        onDocument={({ from }) => {
          editor.current?.goTo(text.slice(0, from).split('\n').length, 1, true);
        }}
      />
    ),
    changes: <Changes diff={checked?.diff ?? null} broken={errors.length > 0} />,
    calls: <Replay texts={draft.texts} ready={ready} />,
    cases: <Cases checked={checked} onGo={goTo} />,
  };
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(20rem,2fr)]">
      <div className="flex min-w-0 flex-col gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <FileList draft={draft} file={file} kinds={now.files} problems={errors} onFile={(next) => set({ file: next })} />
          <span className="ml-auto flex gap-2">
            {draft.changed.length > 0 && (
              <Button look="ghost" onClick={draft.discard}>
                Discard
              </Button>
            )}
            <Button onClick={validate}>
              Check <Keys keys="mod+s" />
            </Button>
            {may && (
              <Button look="primary" disabled={!proposable} onClick={() => setProposing(true)}>
                <Send aria-hidden size={14} /> Propose
              </Button>
            )}
          </span>
        </div>
        <Editor
          file={file}
          text={text}
          problems={errors.filter((one) => one.file === file)}
          onText={(next) => draft.set(file, next)}
          onCaret={setCaret}
          readOnly={false}
          handle={editor}
        />
        <Problems checked={checked} fresh={fresh} onGo={goTo} />
      </div>
      <Card>
        <div className="mb-4 overflow-x-auto">
          <ViewTabs
            label="Beside the text"
            view={side}
            onView={(next) => set({ side: next })}
            views={[
              ['form', 'Form'],
              ['changes', 'What changes', checked?.diff?.changes.length ?? 0],
              ['calls', 'Past calls'],
              ['cases', 'Cases', checked?.cases.length ?? 0],
            ]}
          />
        </div>
        {panels[side]}
      </Card>
      {proposing && <ProposeDialog draft={draft} diff={checked?.diff ?? null} onClose={() => setProposing(false)} />}
    </div>
  );
}
