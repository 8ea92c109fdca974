import { openAccess } from './access/intake.ts';
import { selfProof } from './access/self.ts';
import type { Config } from './config.ts';
import type { RaiseQueue } from './effects/observe/raise.ts';
import { openGateway } from './gateway/gateway.ts';
import { defaultLimits } from './gateway/limits.ts';
import { countRejections } from './gateway/rejections.ts';
import { gatewayTexts } from './gateway/texts.ts';
import type { Alarm, Raise } from './kernel/alerts.ts';
import type { Store } from './wire.ts';
import { startObserving } from './wire-alerts.ts';
import { applyBatchesOf } from './wire-applying.ts';
import { approvalsOver } from './wire-approvals.ts';
import { tendBatchesOver } from './wire-batch-desk.ts';
import { batchSide } from './wire-batch-side.ts';
import { rehearsalCredential } from './wire-canary.ts';
import { notingSubjects } from './wire-credentials.ts';
import type { openDeciding } from './wire-deciding.ts';
import type { GovernedPolicy } from './wire-governed.ts';
import { marketplaceOver } from './wire-marketplace.ts';
import { startDelivery } from './wire-messages.ts';
import { openOverview } from './wire-overview.ts';
import { openPages } from './wire-pages.ts';
import { withScim } from './wire-people.ts';
import { hostsOf, linksOf } from './wire-reach.ts';
import type { RunWitness } from './wire-runs.ts';
import { openSignIn } from './wire-session.ts';
import { runTickets, ticketSide } from './wire-waiting.ts';

interface Fronting {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: Store;
  readonly policy: GovernedPolicy;
  readonly deciding: Awaited<ReturnType<typeof openDeciding>>;
  readonly runs: Pick<RunWitness, 'telemetry'>;
  /** Where clients reach it; known for certain once it listens. */
  readonly publicUrl: () => string;
  readonly alarm: Alarm;
  readonly raise: Raise;
}

/** What clients and people meet: who is let in, the gateway, and its pages. Nothing listens yet. */
export function openFront(parts: Fronting) {
  const { config, store, policy, deciding, runs, publicUrl, alarm, raise } = parts;
  const { database, recorder, clock, keys } = store;
  const rehearsing = rehearsalCredential();
  const access = openAccess({ database, keys, policy: policy.current, clock, oidc: config.oidc, publicUrl });
  const rejections = countRejections({ recorder, clock, policy: () => policy.current().digest });
  const log = (message: string, detail?: unknown) =>
    alarm(detail === undefined ? message : `${message}: ${detail instanceof Error ? detail.message : String(detail)}`);
  const signIn = openSignIn(config, store, policy.current);
  const { pages, overview } = pagesOf(parts, signIn, log);
  const links = linksOf(publicUrl);
  const gateway = openGateway({
    otherwise: withScim({
      store,
      directory: policy.directory,
      authenticate: access.authenticate,
      publicUrl,
      log,
      otherwise: pages,
    }),
    rejected: rejections.rejected,
    handle: deciding.handle,
    offer: deciding.offer,
    hooks: { ...deciding.hooks, raise },
    telemetry: runs.telemetry,
    marketplace: marketplaceOver({ config, store, policy, publicUrl }),
    authenticate: rehearsing.wrap(notingSubjects(access.authenticate, deciding.credentials)),
    resourceMetadata: access.resourceMetadata,
    config: {
      ...defaultLimits,
      hosts: hostsOf(config),
      ...(config.heldWaitMs !== undefined && { heldWaitMs: config.heldWaitMs }),
    },
    clock,
    log,
    texts: gatewayTexts(links),
    tickets: ticketSide({ store, policy, deciding, links, counted: rejections.asked }),
    batches: batchSide({ store, policy, links }),
    proveSelf: selfProof(keys),
    clientWaits: () => policy.current().organization.waitsMs ?? {},
  });
  return { gateway, access, rejections, signIn, overview, rehearsalToken: rehearsing.token };
}

function pagesOf(
  { config, env, store, policy, deciding, publicUrl, alarm }: Fronting,
  signIn: ReturnType<typeof openSignIn>,
  log: (message: string, detail?: unknown) => void,
) {
  const { judge, stops, announce, limits } = deciding;
  const approvals = approvalsOver({ store, policy, judge, stops, announce, alarm: (says) => alarm(says, 'no alert') });
  const overview = openOverview({ store, policy: policy.current, approvals, limits, stops, signIn });
  const pages = openPages({
    credentials: deciding.credentials.grants,
    config,
    env,
    store,
    policy: policy.current,
    governed: policy,
    refreshReleases: policy.refreshReleases,
    approvals,
    limits,
    stops,
    pinned: deciding.pinned,
    signIn,
    overview,
    publicUrl,
    log,
  });
  return { pages, overview };
}

/** Starts what runs approved tickets and tells people of what happens; gives how to end it, in the order in which it was started. */
export function startTelling({
  config,
  store,
  policy,
  deciding,
  publicUrl,
  alarm,
  raise,
  queue,
}: Fronting & { readonly queue: RaiseQueue }): readonly (() => Promise<unknown>)[] {
  return [
    runTickets({ store, deciding, policy, alarm }),
    tendBatchesOver({ store, policy, alarm }),
    applyBatchesOf({ store, deciding, policy, alarm }),
    startDelivery({
      store,
      policy,
      link: (path) => `${publicUrl()}${path}`,
      alarm: (says) => alarm(says, 'no alert'),
      raise,
      buttons: config.slackSigningSecret !== undefined,
    }),
    startObserving({ store, policy, queue }),
  ];
}
