import type { RunCall, RunSpan } from '@trapkey/contract/api/runs.ts';
import type { Scale } from './scale.ts';

const looks: Readonly<Record<RunSpan['kind'], string>> = {
  decision: 'bg-still',
  hold: 'held-hatch border border-wait',
  execution: 'bg-note',
  upstream: 'bg-accent',
  screen: 'bg-still',
};

/** The parts of one call over time; the panel beside says the same in words. */
export function Bar({ call, scale }: { readonly call: RunCall; readonly scale: Scale }) {
  return (
    <div aria-hidden="true" className="relative h-4 rounded-sm bg-sunken">
      {call.spans.map(({ kind, startMs, endMs, says }) => {
        const left = scale.at(startMs);
        return (
          <div
            key={`${kind} ${startMs}`}
            title={says}
            className={`absolute top-0.5 h-3 min-w-0.75 rounded-xs ${looks[kind]}`}
            style={{ left: `${left}%`, width: `${Math.max(0, scale.at(endMs ?? call.endMs ?? startMs) - left)}%` }}
          />
        );
      })}
    </div>
  );
}
