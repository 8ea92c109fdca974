import { Check, SelectField } from '../../ui/field.tsx';
import { modeWords } from './words.ts';

/** How a stop works, apart from what it covers. */
export interface How {
  readonly mode: keyof typeof modeWords;
  /** Empty: until somebody releases it. */
  readonly lasts: string;
  readonly withConnectors: boolean;
  readonly revoke: boolean;
}

/** What a stop is unless somebody says otherwise: nothing is changed any more, and looking goes on. */
export const usualHow: How = { mode: 'freeze', lasts: '', withConnectors: false, revoke: false };

const ends: readonly (readonly [string, string])[] = [
  ['', 'Somebody releases it'],
  ['30m', '30 minutes are over'],
  ['2h', '2 hours are over'],
  ['8h', '8 hours are over'],
  ['1d', 'A day is over'],
  ['7d', '7 days are over'],
];

/** Whether a stop on such a thing can take connectors along. */
export function takesAlong(kind: string): boolean {
  return kind === 'plugin' || kind === 'release';
}

/** Whether there are tokens for such a thing alone. */
export function revokes(kind: string): boolean {
  return takesAlong(kind) || kind === 'connector' || kind === 'person' || kind === 'everything';
}

/** How far a stop goes, how long, and what it takes along. */
export function HowFar({ how, kind, onHow }: { readonly how: How; readonly kind: string; readonly onHow: (change: Partial<How>) => void }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <fieldset className="flex flex-wrap gap-x-5 gap-y-1 sm:flex-col">
        <legend className="mb-1 text-sm font-medium">How far</legend>
        {(Object.keys(modeWords) as (keyof typeof modeWords)[]).map((one) => (
          <label key={one} className="inline-flex min-h-6 items-center gap-2 text-sm">
            <input
              type="radio"
              name="mode"
              checked={how.mode === one}
              onChange={() => onHow({ mode: one })}
              className="size-4 accent-accent"
            />
            {modeWords[one]}
          </label>
        ))}
      </fieldset>
      <SelectField label="Until" value={how.lasts} options={ends} onChange={({ target }) => onHow({ lasts: target.value })} />
      {(takesAlong(kind) || revokes(kind)) && (
        <fieldset className="flex flex-col gap-1 sm:col-span-2">
          <legend className="mb-1 text-sm font-medium">In the same act</legend>
          {takesAlong(kind) && (
            <Check
              label="Stop its connectors and credentials too"
              checked={how.withConnectors}
              onChange={({ target }) => onHow({ withConnectors: target.checked })}
            />
          )}
          {revokes(kind) && (
            <Check
              label="Revoke its tokens: after the release everybody connects anew"
              checked={how.revoke}
              onChange={({ target }) => onHow({ revoke: target.checked })}
            />
          )}
        </fieldset>
      )}
    </div>
  );
}
