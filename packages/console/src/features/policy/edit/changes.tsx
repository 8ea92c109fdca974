import type { PolicyDiff } from '@trapkey/contract/api/policy.ts';
import { ArrowDownToLine, ArrowUpFromLine, Equal, PenLine } from 'lucide-react';
import { Chip } from '../../../ui/chip.tsx';

const effects = {
  tightens: ['good', ArrowDownToLine, 'Tightens'],
  loosens: ['wait', ArrowUpFromLine, 'Loosens'],
  neither: ['still', Equal, 'Neither'],
} as const;

/** What a change does, one line each, with what it lets be altered without a person and who must sign it. */
export function Changes({ diff, broken = false }: { readonly diff: PolicyDiff | null; readonly broken?: boolean }) {
  if (broken) return <p className="text-sm text-soft">What changes is known once the texts check.</p>;
  if (!diff || diff.changes.length === 0) return <p className="text-sm text-soft">It is what runs: nothing would change.</p>;
  return (
    <div className="flex flex-col gap-3 text-sm">
      <ul className="space-y-2">
        {diff.changes.map(({ document, path, says, effect }) => {
          const [tone, icon, word] = effects[effect];
          return (
            <li key={`${document} ${path} ${says}`} className="flex items-baseline gap-2">
              <span className="w-22 shrink-0">
                <Chip tone={tone} icon={icon}>
                  {word}
                </Chip>
              </span>
              <span className="min-w-0">{says}</span>
            </li>
          );
        })}
      </ul>
      {(diff.blast?.length ?? 0) > 0 && (
        <div className="rounded-lg bg-wait-ground px-3 py-2">
          <h3 className="text-sm">What can be altered without a person</h3>
          <ul className="mt-1 list-disc space-y-0.5 pl-5">
            {diff.blast?.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </div>
      )}
      {diff.signOff !== undefined && (
        <p className="flex items-start gap-2">
          <PenLine aria-hidden size={14} className="mt-1 shrink-0 text-wait" /> {diff.signOff}
        </p>
      )}
      <p className="text-soft">
        {diff.tightens
          ? 'It only tightens: one administrator may publish it.'
          : 'It may loosen something: another administrator has to publish it.'}
      </p>
    </div>
  );
}
