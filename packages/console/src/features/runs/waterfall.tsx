import type { RunCall } from '@trapkey/contract/api/runs.ts';
import { useKeys } from '../../lib/keys.ts';
import { span } from '../../lib/time.ts';
import { Button } from '../../ui/button.tsx';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Bar } from './bar.tsx';
import { CallPanel } from './call-panel.tsx';
import { scaleOf } from './scale.ts';

/** Calls as lines over time. A person's time is hatched, so that nobody blames the system behind for it. */
export function Waterfall({
  calls,
  chosen,
  onChoose,
  onMore,
}: {
  readonly calls: readonly RunCall[];
  readonly chosen: string | undefined;
  readonly onChoose: (call: string | undefined) => void;
  readonly onMore?: () => void;
}) {
  const scale = scaleOf(calls);
  const at = calls.findIndex(({ call }) => call === chosen);
  const step = (by: number) => onChoose(calls[Math.min(calls.length - 1, Math.max(0, at + by))]?.call);
  const nextHeld = () => onChoose((calls.slice(at + 1).find(({ heldMs }) => heldMs > 0) ?? calls.find(({ heldMs }) => heldMs > 0))?.call);
  useKeys([
    { keys: ']', label: 'Next call', group: 'Run', run: () => step(1) },
    { keys: '[', label: 'Call before', group: 'Run', run: () => step(-1) },
    { keys: 'h', label: 'Next held', group: 'Run', run: nextHeld },
  ]);
  const firstUntrusted = calls.find(({ untrusted }) => untrusted)?.call;
  const selected = calls[at];
  return (
    <div className={`grid items-start gap-5 ${selected ? 'xl:grid-cols-[minmax(0,1fr)_24rem]' : ''}`}>
      <Card flush>
        <table className="w-full text-left text-sm">
          <caption className="sr-only">Calls of the run, oldest first, with how long each part took</caption>
          <thead className="text-xs text-faint">
            <tr>
              <th className="py-2 pr-3 pl-4 font-medium">Call</th>
              <th className="w-28 py-2 pr-3 font-medium">Verdict</th>
              <th className="w-16 py-2 pr-3 text-right font-medium">Took</th>
              <th className="w-1/2 py-2 pr-4 font-medium max-md:hidden">{scale.says}</th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call) => (
              <Line
                key={call.call}
                call={call}
                chosen={call.call === chosen}
                onChoose={onChoose}
                scale={scale}
                marks={call.call === firstUntrusted}
              />
            ))}
          </tbody>
        </table>
        {onMore && (
          <div className="border-t border-line p-2 text-center">
            <Button look="ghost" onClick={onMore}>
              Show more
            </Button>
          </div>
        )}
      </Card>
      {selected && <CallPanel call={selected} onClose={() => onChoose(undefined)} />}
    </div>
  );
}

function Line({
  call,
  chosen,
  onChoose,
  scale,
  marks,
}: {
  readonly call: RunCall;
  readonly chosen: boolean;
  readonly onChoose: (call: string) => void;
  readonly scale: ReturnType<typeof scaleOf>;
  readonly marks: boolean;
}) {
  return (
    <>
      {marks && (
        <tr>
          <td colSpan={4} className="border-t border-dashed border-wait bg-wait-ground px-4 py-0.5 text-xs text-wait">
            From here on the run has read words of outsiders.
          </td>
        </tr>
      )}
      <tr className={`border-t border-line ${chosen ? 'bg-selected' : 'hover:bg-hover'}`}>
        <td className="py-1 pr-3 pl-4">
          <button type="button" aria-expanded={chosen} onClick={() => onChoose(call.call)} className="min-h-7 text-left font-medium">
            {call.connector}.{call.tool}
          </button>
        </td>
        <td className="py-1 pr-3">
          <StateChip state={call.outcome ?? call.verdict ?? 'running'} />
        </td>
        <td className="py-1 pr-3 text-right whitespace-nowrap text-soft">
          {call.endMs === null ? '…' : tookOf(call.endMs - call.startMs)}
        </td>
        <td className="py-1 pr-4 max-md:hidden">
          <Bar call={call} scale={scale} />
        </td>
      </tr>
    </>
  );
}

function tookOf(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : span(ms);
}
