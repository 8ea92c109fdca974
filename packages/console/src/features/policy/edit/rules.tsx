import type { PolicyNow } from '@trapkey/contract/api/policy.ts';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import { useFilters } from '../../../lib/filters.ts';
import { many } from '../../../lib/format.ts';
import { Card } from '../../../ui/page.tsx';
import { tell } from '../../../ui/toast.tsx';
import { ViewTabs } from '../../../ui/view-tabs.tsx';
import { useChecked } from '../checking.ts';
import { type Draft, runningOf } from '../draft.ts';
import { Form } from '../form/form.tsx';
import { Acts } from './acts.tsx';
import { Cases } from './cases.tsx';
import { Changes } from './changes.tsx';
import { Editor, type EditorHandle } from './editor.tsx';
import { FileList } from './files.tsx';
import { Problems } from './problems.tsx';
import { Replay } from './replay.tsx';
import { Stale } from './stale.tsx';

const sides = ['form', 'changes', 'calls', 'cases'] as const;
const filters = z.object({
  file: z.string().max(200).default(''),
  side: z.enum(sides).default('form'),
  line: z.coerce.number().int().min(1).optional(),
});

/** The rules as text, with what the check says under it and what it means beside it. */
export function Rules({ now, draft }: { readonly now: PolicyNow; readonly draft: Draft }) {
  const [{ file: asked, side, line: askedLine }, set] = useFilters(filters);
  const [caret, setCaret] = useState(0);
  const editor = useRef<EditorHandle>(null);
  const { data: checked, fresh, refetch } = useChecked(draft.texts, runningOf(now));
  const file = draft.texts[asked] === undefined ? (Object.keys(draft.texts)[0] ?? '') : asked;
  const text = draft.texts[file] ?? '';
  const errors = checked?.errors ?? [];
  const ready = fresh && errors.length === 0;
  const validate = () =>
    void refetch().then(
      ({ data }) => data && tell(data.errors.length === 0 ? 'It checks' : `It does not check: ${many(data.errors.length, 'problem')}`),
    );
  const goTo = (where: string, line: number, column: number) => {
    set({ file: where });
    // The other file is in the editor only after this.
    requestAnimationFrame(() => requestAnimationFrame(() => editor.current?.goTo(line, column)));
  };
  useLedTo(editor, askedLine);
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
        {draft.stale && <Stale draft={draft} now={now} />}
        <div className="flex flex-wrap items-center gap-2">
          <FileList draft={draft} file={file} kinds={now.files} problems={errors} onFile={(next) => set({ file: next })} />
          <Acts
            draft={draft}
            file={file}
            diff={checked?.diff ?? null}
            ready={ready}
            onCheck={validate}
            onFile={(added) => set({ file: added })}
          />
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
    </div>
  );
}

/** Whoever was led to a rule is led to its line, once. */
function useLedTo(editor: RefObject<EditorHandle | null>, line: number | undefined): void {
  useEffect(() => {
    if (line !== undefined) editor.current?.goTo(line, 1);
  }, [editor, line]);
}
