import type { Chain } from '@trapkey/contract/api/approvals.ts';
import { openAlerts } from './effects/observe/act.ts';
import { openRecordReader } from './effects/record/read.ts';
import type { Approvals, ProvenPerson } from './kernel/approvals.ts';
import type { Limits } from './kernel/limits.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { Stops } from './kernel/stops.ts';
import { homeOf } from './overview/home/home.ts';
import { openHeld, openHours } from './overview/home/read.ts';
import { openLive } from './overview/live/live.ts';
import { openNews } from './overview/live/read.ts';
import { overviewRoutes } from './overview/routes.ts';
import { scopeText } from './stages/contain/covers.ts';
import { openRehearsals } from './stages/contain/rehearsal/act.ts';
import type { Store } from './wire.ts';
import { withoutCanaryPlugin } from './wire-canary.ts';
import { clientsOver, mineOver } from './wire-mine.ts';
import type { openSignIn } from './wire-session.ts';

/** Held tickets that are looked at for how many somebody may decide. */
const yoursMax = 200;

/** What is asked across everything, and how to end what listens. */
export function openOverview(parts: {
  readonly store: Store;
  readonly policy: () => PolicySet;
  readonly approvals: Approvals;
  readonly limits: Limits;
  readonly stops: Stops;
  readonly signIn: Pick<ReturnType<typeof openSignIn>, 'sessions'>;
}) {
  const { store, approvals, limits, stops } = parts;
  const { database, recorder, clock } = store;
  const policy = () => withoutCanaryPlugin(parts.policy());
  const live = openLive({ news: openNews(database), sessions: parts.signIn.sessions, watch: database.watch });
  const rehearsals = openRehearsals({ database, recorder, clock });
  const home = {
    ...{ clock, policy, limits, stops, scopeText },
    ...{ held: openHeld(database), hours: openHours(database) },
    alerts: openAlerts({ database, recorder, clock, policy }),
    rehearsals,
  };
  return {
    routes: overviewRoutes({
      live,
      home: async (who, hours) => await homeOf(home, hours, await yoursOf(approvals, who)),
      mine: mineOver({ store, policy, approvals, limits, stops }),
      clients: clientsOver(store, rehearsals),
    }),
    close: live.close,
  };
}
export type Overview = ReturnType<typeof openOverview>;

async function yoursOf(approvals: Approvals, who: ProvenPerson): Promise<{ readonly count: number; readonly more: boolean }> {
  if (!who.roles.includes('approver')) return { count: 0, more: false };
  const held = await approvals.listFor({ state: 'held', sort: 'urgent', max: yoursMax }, who);
  return { count: held.filter(({ eligible }) => eligible.may).length, more: held.length === yoursMax };
}

/** Who of a client's agents asked for a call, as the record has it with all that was learned later. */
export function chainOver({ database }: Pick<Store, 'database'>): (call: string) => Promise<Chain | undefined> {
  const reader = openRecordReader({ database });
  return async (call) => {
    const entries = (await reader.call(call))?.entries ?? [];
    const [asked] = entries;
    if (!asked) return undefined;
    const { actor, model, session, agent, instructions } = asked;
    return {
      ...{ actor: actor ?? null, model: model ?? null, session: session ?? null },
      agent: agent ? { id: agent.id, parent: agent.parent ?? null, depth: agent.depth ?? null } : null,
      instructions: {
        skill: instructions?.skill ?? null,
        agentType: instructions?.agent_type ?? null,
        prompt: instructions?.prompt ?? null,
      },
      sources: [...new Set(entries.flatMap(({ data_sources }) => data_sources ?? []))].slice(0, 100),
      coverage: [...new Set(entries.flatMap(({ coverage }) => coverage ?? []))],
    };
  };
}
