import type { PolicyChecked } from '@trapkey/contract/api/policy.ts';
import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef } from 'react';
import { many } from '../../../lib/format.ts';

type Problem = PolicyChecked['errors'][number];

/** What can be asked of the editor from beside it. */
export interface EditorHandle {
  /** Puts the caret there and shows it; `stay` leaves the focus where it is. */
  goTo(line: number, column: number, stay?: boolean): void;
}

const linePx = 20;

/** A text with line numbers and its problems beside them. A plain text field: every key and reader works as anywhere. */
export function Editor({
  file,
  text,
  problems,
  onText,
  onCaret,
  readOnly,
  handle,
}: {
  readonly file: string;
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly onText: (text: string) => void;
  readonly onCaret: (offset: number) => void;
  readonly readOnly: boolean;
  readonly handle: Ref<EditorHandle>;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const says = useId();
  const lines = useMemo(() => text.split('\n').length, [text]);
  const numbers = useMemo(() => Array.from({ length: lines }, (_, at) => at + 1).join('\n'), [lines]);
  const byLine = useMemo(() => [...Map.groupBy(problems, ({ line }) => line)], [problems]);
  const follow = () => {
    if (gutter.current && field.current) gutter.current.scrollTop = field.current.scrollTop;
  };
  // Another file begins at its top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the file is what it is about
  useLayoutEffect(() => {
    if (field.current) field.current.scrollTop = 0;
    follow();
  }, [file]);
  useImperativeHandle(handle, () => ({
    goTo(line, column, stay = false) {
      const at = field.current;
      if (!at) return;
      const start = offsetOf(at.value, line, column);
      if (!stay) at.focus();
      at.setSelectionRange(start, start);
      onCaret(start);
      at.scrollTop = Math.max(0, (line - 4) * linePx);
      follow();
    },
  }));
  return (
    <div className="flex h-[calc(100dvh-21rem)] min-h-80 overflow-hidden rounded-lg border border-control bg-surface focus-within:outline-2 focus-within:outline-accent">
      <div ref={gutter} aria-hidden className="relative w-14 shrink-0 overflow-hidden border-r border-line bg-sunken pt-2 select-none">
        <pre className="pr-2 text-right font-mono text-xs leading-5 text-faint">{`${numbers}\n\n\n`}</pre>
        {byLine.map(([line, here]) => (
          <span
            key={line}
            title={here.map((one) => one.says).join('\n')}
            style={{ top: (line - 1) * linePx + 8 }}
            className="absolute left-1 inline-flex size-5 items-center justify-center rounded-full bg-bad-solid text-xs font-bold text-on-solid"
          >
            !
          </span>
        ))}
      </div>
      <textarea
        ref={field}
        aria-label={`Text of ${file}`}
        aria-describedby={says}
        aria-invalid={problems.length > 0 || undefined}
        readOnly={readOnly}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        wrap="off"
        value={text}
        onChange={({ target }) => onText(target.value)}
        onSelect={({ currentTarget }) => onCaret(currentTarget.selectionStart)}
        onScroll={follow}
        onKeyDown={indented}
        className="min-w-0 flex-1 resize-none overflow-auto bg-transparent px-3 pt-2 pb-8 font-mono text-xs leading-5 whitespace-pre outline-none"
      />
      <span id={says} className="sr-only">
        {problems.length === 0 ? 'It has no problem.' : `It has ${many(problems.length, 'problem')}, listed below.`}
      </span>
    </div>
  );
}

/** A new line begins where the one before did. Tab leaves the field, as everywhere. */
function indented(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || event.metaKey || event.ctrlKey || event.altKey || event.nativeEvent.isComposing) return;
  const { value, selectionStart } = event.currentTarget;
  const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
  const indent = /^ */.exec(line)?.[0] ?? '';
  const deeper = /:\s*$/.test(line) ? '  ' : '';
  if (indent + deeper === '') return;
  event.preventDefault();
  // The one way in that keeps what ⌘Z knows.
  document.execCommand('insertText', false, `\n${indent}${deeper}`);
}

/** Where a line and column stand in a text. */
function offsetOf(text: string, line: number, column: number): number {
  let at = 0;
  for (let left = line - 1; left > 0; left--) {
    const next = text.indexOf('\n', at);
    if (next === -1) return text.length;
    at = next + 1;
  }
  return Math.min(at + Math.max(0, column - 1), text.length);
}
