import { alerts } from '../features/alerts/route.tsx';
import { approvals } from '../features/approvals/route.tsx';
import { batches } from '../features/batches/route.tsx';
import { blast } from '../features/blast/route.tsx';
import { catalog } from '../features/catalog/route.tsx';
import { clients } from '../features/clients/route.tsx';
import { home } from '../features/home/route.tsx';
import { mine } from '../features/mine/route.tsx';
import { policy } from '../features/policy/route.tsx';
import { record } from '../features/record/route.tsx';
import { runs } from '../features/runs/route.tsx';
import { sessions } from '../features/sessions/route.tsx';
import { stop } from '../features/stop/route.tsx';
import type { Screen } from '../lib/screen.ts';

/** Every screen, in the order in which the shell lists them. */
export const screens: readonly Screen[] = [
  home,
  approvals,
  batches,
  runs,
  alerts,
  stop,
  blast,
  catalog,
  clients,
  policy,
  record,
  mine,
  sessions,
];
