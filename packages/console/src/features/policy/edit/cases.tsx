import type { PolicyChecked } from '@trapkey/contract/api/policy.ts';
import { StateChip } from '../../../ui/chip.tsx';

/** The cases beside the policy, failed ones first; each leads to its line. */
export function Cases({
  checked,
  onGo,
}: {
  readonly checked: PolicyChecked | undefined;
  readonly onGo: (file: string, line: number, column: number) => void;
}) {
  const cases = checked?.cases ?? [];
  if (cases.length === 0)
    return (
      <p className="text-sm text-soft">
        {(checked?.errors.length ?? 0) > 0 ? (
          'Cases are run once the texts check.'
        ) : (
          <>
            No file <code className="font-mono text-xs">*.cases.yaml</code> stands beside the policy. A case is a call and what policy must
            say of it.
          </>
        )}
      </p>
    );
  return (
    <ul className="divide-y divide-line text-sm">
      {cases
        .toSorted((a, b) => Number(a.passed) - Number(b.passed))
        .map(({ file, line, name, passed, says }) => (
          <li key={`${file} ${line} ${name}`}>
            <button type="button" onClick={() => onGo(file, line, 1)} className="w-full py-2 text-left hover:bg-hover">
              <span className="flex items-center gap-2">
                <StateChip state={passed ? 'done' : 'failed'} says={passed ? 'Passed' : 'Failed'} /> {name}
              </span>
              {!passed && <span className="mt-0.5 block text-soft">{says}</span>}
            </button>
          </li>
        ))}
      {checked?.cut && <li className="py-2 text-soft">There are more; these are as many as there was time for.</li>}
    </ul>
  );
}
