import {
  Ban,
  Check,
  CircleDashed,
  CircleSlash,
  Clock,
  Eye,
  EyeOff,
  FileText,
  type LucideIcon,
  OctagonX,
  Pause,
  Play,
  TriangleAlert,
  Undo2,
  Webhook,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

/** What a state means for whoever looks: never told by the colour alone. */
export type Tone = 'good' | 'wait' | 'bad' | 'note' | 'still';

const tones: Readonly<Record<Tone, string>> = {
  good: 'bg-good-ground text-good',
  wait: 'bg-wait-ground text-wait',
  bad: 'bg-bad-ground text-bad',
  note: 'bg-note-ground text-note',
  still: 'bg-still-ground text-still',
};

/** A small fact: an icon, a word, a tone. */
export function Chip({
  tone = 'still',
  icon: Icon,
  children,
  title,
}: {
  readonly tone?: Tone;
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
  readonly title?: string;
}) {
  return (
    <span
      title={title}
      className={classes('inline-flex items-center gap-1 rounded-sm px-1.5 text-xs leading-5 font-medium whitespace-nowrap', tones[tone])}
    >
      {Icon && <Icon aria-hidden size={12} strokeWidth={2.25} className="shrink-0" />}
      {children}
    </span>
  );
}

type Shown = readonly [Tone, LucideIcon, string];

/** Every state that a thing can be in, as people read it: tickets, calls, releases, batches, stops. */
const states: Readonly<Record<string, Shown>> = {
  held: ['wait', Pause, 'Held'],
  approved: ['note', Check, 'Approved'],
  executing: ['note', Play, 'Running'],
  running: ['note', Play, 'Running'],
  done: ['good', Check, 'Done'],
  ok: ['good', Check, 'Done'],
  allowed: ['good', Check, 'Allowed'],
  allow: ['good', Check, 'Allowed'],
  failed: ['bad', TriangleAlert, 'Failed'],
  unknown: ['bad', TriangleAlert, 'Unknown'],
  refused: ['bad', Ban, 'Refused'],
  deny: ['bad', Ban, 'Refused'],
  hold: ['wait', Pause, 'Held'],
  stage: ['wait', FileText, 'Staged'],
  expired: ['still', Clock, 'Expired'],
  withdrawn: ['still', Undo2, 'Taken back'],
  stopped: ['bad', OctagonX, 'Stopped'],
  frozen: ['bad', OctagonX, 'Frozen'],
  proposed: ['still', CircleDashed, 'Proposed'],
  'in review': ['wait', Eye, 'In review'],
  canary: ['note', CircleDashed, 'Canary'],
  deprecated: ['still', CircleSlash, 'Deprecated'],
  revoked: ['bad', OctagonX, 'Revoked'],
  observe: ['still', Eye, 'Observe'],
  warn: ['wait', TriangleAlert, 'Warn'],
  enforce: ['good', Check, 'Enforced'],
};

/** A state as a chip. One that this build does not know is shown as it is. */
export function StateChip({ state, says }: { readonly state: string; readonly says?: string }) {
  const [tone, icon, word] = states[state] ?? (['still', CircleDashed, state] as const);
  return (
    <Chip tone={tone} icon={icon}>
      {says ?? word}
    </Chip>
  );
}

const coverages: Readonly<Record<string, Shown>> = {
  gateway: ['good', Eye, 'Gateway'],
  hook: ['note', Webhook, 'Hook'],
  reported: ['wait', FileText, 'Reported'],
  'not covered': ['bad', EyeOff, 'Not covered'],
};

/** Which witness saw a thing. */
export function CoverageChip({ coverage }: { readonly coverage: string }) {
  const [tone, icon, word] = coverages[coverage] ?? (['still', CircleDashed, coverage] as const);
  return (
    <Chip tone={tone} icon={icon} title="Which witness saw it">
      {word}
    </Chip>
  );
}
