import type { RequestListener } from 'node:http';
import { guardedFetch } from './access/jwt/outbound.ts';
import { openRequests } from './access/requests/act.ts';
import { requestRoutes } from './access/requests/routes.ts';
import { accessRoutes } from './access/routes.ts';
import { formTokens } from './access/sessions/forms.ts';
import { rolesFor } from './access/sessions/identity.ts';
import { readSessions } from './access/sessions/read.ts';
import type { UpstreamSignIn } from './access/upstream-credentials/act.ts';
import { credentialRoutes } from './access/upstream-credentials/routes.ts';
import { openApi } from './api/app.ts';
import { assetRoutes, startRoute } from './api/assets.ts';
import { readConsole } from './api/console.ts';
import type { Config } from './config.ts';
import { blastRoutes } from './inventory/blast/routes.ts';
import type { Approvals } from './kernel/approvals.ts';
import type { Limits } from './kernel/limits.ts';
import type { DefinitionLister } from './kernel/readers.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { Stops } from './kernel/stops.ts';
import { withRouteList } from './overview/routes.ts';
import { openPlacesOfRules, openRulePlaces } from './policy/place/read.ts';
import { usedTools } from './runs/used/read.ts';
import { limitRoutes } from './stages/contain/limits/routes.ts';
import { openRehearsals } from './stages/contain/rehearsal/act.ts';
import { rehearsalRoutes } from './stages/contain/rehearsal/routes.ts';
import { stopRoutes } from './stages/contain/stops/routes.ts';
import { approvalRoutes } from './stages/gate/routes.ts';
import { slackRoutes } from './stages/gate/slack/routes.ts';
import { version } from './version.ts';
import type { Store } from './wire.ts';
import { batchDeskRoutes } from './wire-batch-desk.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { withoutCanaryPlugin } from './wire-canary.ts';
import { catalogDesk } from './wire-catalog-desk.ts';
import { deskRoutes, grantDesk } from './wire-desks.ts';
import type { GovernedPolicy } from './wire-governed.ts';
import { tellOver } from './wire-messages.ts';
import { chainOver, type Overview } from './wire-overview.ts';
import { policyDeskRoutes } from './wire-policy-desk.ts';
import { recordDesk } from './wire-record-desk.ts';
import { runDesk } from './wire-run-desk.ts';
import type { openSignIn } from './wire-session.ts';
import { stopDeskOver } from './wire-stops.ts';

/** The control plane and its pages, for the gateway's `otherwise` door. */
export function openPages(parts: {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: Store;
  readonly policy: () => PolicySet;
  readonly governed: GovernedPolicy;
  readonly refreshReleases: () => Promise<void>;
  readonly approvals: Approvals;
  readonly limits: Limits;
  readonly stops: Stops;
  readonly pinned: DefinitionLister;
  readonly credentials: UpstreamSignIn;
  readonly signIn: ReturnType<typeof openSignIn>;
  readonly overview: Pick<Overview, 'routes'>;
  readonly publicUrl: () => string;
  readonly log: (message: string, detail?: unknown) => void;
}): RequestListener {
  const { store, policy, limits, stops, approvals, signIn, publicUrl, log } = parts;
  const { database, recorder, clock } = store;
  const requests = openRequests({ database, recorder, clock, policy, tell: tellOver(store, { current: policy }) });
  const packaged = process.env['TRAPKEY_PACKAGED'] === '1';
  const assets = new URL(packaged ? './assets/' : './api/assets/', import.meta.url);
  const built = readConsole(new URL(packaged ? './console/' : '../../console/dist/', import.meta.url));
  return openApi({
    console: built,
    routes: withRouteList([
      startRoute(built !== undefined),
      ...approvalRoutes({ approvals, policy, grants: grantDesk(store, policy), places: openRulePlaces(database), chain: chainOver(store) }),
      ...slackRoutes({
        signingSecret: parts.config.slackSigningSecret,
        approvals,
        policy,
        roles: (person) => rolesFor(policy(), readSessions(database), person, undefined),
        post: guardedFetch({ network: 'public', insecureLoopback: false }),
      }),
      ...deskRoutes(store, policy),
      ...catalogDesk(store, policy, parts.refreshReleases),
      ...accessRoutes({ ...signIn, about: () => ({ organization: policy().organization.id, version }) }),
      ...requestRoutes({ requests }),
      ...credentialRoutes({ credentials: parts.credentials }),
      ...runDesk(store, policy),
      ...limitRoutes({ limits }),
      ...batchDeskRoutes(store, policy, stops),
      ...blastRoutes({
        standing: async () => ({ set: withoutCanaryPlugin(policy()), grants: await liveGrantsOf(store)(), nowMs: clock() }),
        used: () => usedTools(database),
        offered: (connection) => parts.pinned.all(connection)?.tools ?? [],
        placesOf: openPlacesOfRules(database),
      }),
      ...stopRoutes({ stops, desk: stopDeskOver(store, policy), policy }),
      ...rehearsalRoutes({ rehearsals: openRehearsals({ database, recorder, clock }) }),
      ...parts.overview.routes,
      ...recordDesk(store, parts.env),
      ...policyDeskRoutes(parts.config, parts.env, store, parts.governed),
      ...assetRoutes(assets),
    ]),
    sessions: signIn.sessions,
    forms: formTokens(store.keys),
    clock: store.clock,
    publicUrl,
    log,
  });
}
