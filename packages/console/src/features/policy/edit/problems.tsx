import type { PolicyChecked } from '@trapkey/contract/api/policy.ts';
import { CircleAlert, CircleCheck, LoaderCircle, TriangleAlert } from 'lucide-react';
import { many } from '../../../lib/format.ts';

/** What the check says, said aloud as one sentence; each problem leads to its place. */
export function Problems({
  checked,
  fresh,
  onGo,
}: {
  readonly checked: PolicyChecked | undefined;
  readonly fresh: boolean;
  readonly onGo: (file: string, line: number, column: number) => void;
}) {
  const errors = checked?.errors ?? [];
  const failed = checked?.cases.filter(({ passed }) => !passed) ?? [];
  const bad = errors.length > 0 || failed.length > 0;
  const Icon = !fresh ? LoaderCircle : bad ? CircleAlert : CircleCheck;
  return (
    <section aria-label="What the check says" className="rounded-lg border border-line">
      <p role="status" className="flex items-center gap-2 px-3 py-2 text-sm font-medium">
        <Icon aria-hidden size={15} className={fresh ? (bad ? 'text-bad' : 'text-good') : 'text-faint motion-safe:animate-spin'} />
        {fresh ? summary(errors.length, failed.length, checked?.cases.length ?? 0) : 'Checking …'}
      </p>
      {(errors.length > 0 || (checked?.warnings.length ?? 0) > 0) && (
        <ul
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
          tabIndex={0}
          aria-label="Problems and warnings"
          className="max-h-44 divide-y divide-line overflow-y-auto border-t border-line text-sm"
        >
          {errors.map((one) => (
            <li key={`${one.file} ${one.line} ${one.column} ${one.says}`}>
              <button
                type="button"
                onClick={() => onGo(one.file, one.line, one.column)}
                className="flex w-full items-baseline gap-3 px-3 py-1.5 text-left hover:bg-hover"
              >
                <span className="shrink-0 font-mono text-xs text-accent">
                  {one.file}:{one.line}:{one.column}
                </span>
                <span className="min-w-0 flex-1">
                  {one.says}
                  {one.nearest !== undefined && (
                    <>
                      . Did you mean <code className="font-mono text-xs font-medium">{one.nearest}</code>?
                    </>
                  )}
                </span>
              </button>
            </li>
          ))}
          {checked?.warnings.map((says) => (
            <li key={says} className="flex items-baseline gap-2 px-3 py-1.5 text-soft">
              <TriangleAlert aria-hidden size={13} className="shrink-0 self-center text-wait" /> {says}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function summary(errors: number, failed: number, cases: number): string {
  if (errors > 0) return `It does not check: ${many(errors, 'problem')}.`;
  if (failed > 0) return `It checks, and ${many(failed, 'case')} of ${cases} failed.`;
  return cases > 0 ? `It checks, and ${many(cases, 'case')} passed.` : 'It checks.';
}
