import { Ban, Check, CircleDashed, Clock, Eye, FileText, type LucideIcon, Pause, Play, TriangleAlert, Undo2 } from 'lucide-react';
import { Chip, type Tone } from '../../ui/chip.tsx';

const states: Readonly<Record<string, readonly [Tone, LucideIcon, string]>> = {
  open: ['still', CircleDashed, 'Open'],
  proposed: ['wait', Eye, 'To be marked'],
  returned: ['bad', TriangleAlert, 'Returned'],
  ready: ['note', Check, 'Ready to apply'],
  applying: ['note', Play, 'Applying'],
  paused: ['wait', Pause, 'Paused'],
  applied: ['good', Check, 'Applied'],
  aborted: ['bad', Ban, 'Aborted'],
  refused: ['bad', Ban, 'Refused'],
  withdrawn: ['still', Undo2, 'Taken back'],
  applied_before: ['good', Check, 'Applied before'],
  staged: ['wait', FileText, 'Staged'],
  running: ['note', Play, 'Running'],
  done: ['good', Check, 'Done'],
  failed: ['bad', TriangleAlert, 'Failed'],
  conflict: ['bad', TriangleAlert, 'Changed by others'],
  unknown: ['bad', TriangleAlert, 'Unknown'],
  dropped: ['still', Ban, 'Not made'],
  waiting: ['still', Clock, 'Being looked at'],
  possible: ['note', Undo2, 'Can be undone'],
  same: ['still', Check, 'As it was already'],
  lasting: ['bad', Ban, 'Cannot be undone'],
  unclear: ['bad', TriangleAlert, 'Unclear'],
  barred: ['bad', Ban, 'Barred'],
  elsewhere: ['still', Undo2, 'In another undo'],
  undone: ['good', Undo2, 'Undone'],
  left: ['still', CircleDashed, 'Left as it is'],
  looking: ['still', Clock, 'Looking'],
  looked: ['note', Eye, 'Looked at'],
  undoing: ['note', Play, 'Undoing'],
};

/** How a state is named. */
export function wordOf(state: string): string {
  return states[state]?.[2] ?? state;
}

/** Where a batch, a change, or an undo stands. */
export function BatchState({ state }: { readonly state: string }) {
  const [tone, icon, word] = states[state] ?? (['still', CircleDashed, state] as const);
  return (
    <Chip tone={tone} icon={icon}>
      {word}
    </Chip>
  );
}
