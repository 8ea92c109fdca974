import { openCatalog } from './catalog/act.ts';
import { catalogRoutes } from './catalog/desk/routes.ts';
import { releaseRoutes } from './catalog/releases/routes.ts';
import type { Route } from './kernel/http.ts';
import type { PolicySet } from './kernel/rules.ts';
import { canary } from './stages/contain/rehearsal/canary.ts';
import type { Store } from './wire.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { withoutCanaryPlugin } from './wire-canary.ts';
import { definitionLint } from './wire-lint.ts';
import { releasesOver } from './wire-releases.ts';

/** The catalog for whoever is signed in: plugins and connectors, their releases, definitions that wait. */
export function catalogDesk(store: Store, policy: () => PolicySet, changed: () => Promise<void>): readonly Route[] {
  const { database, recorder, clock } = store;
  const releases = releasesOver(store, policy, changed);
  const catalog = openCatalog({ database, recorder, clock, lint: definitionLint });
  const standing = async () => ({ set: withoutCanary(policy()), grants: await liveGrantsOf(store)(), nowMs: clock() });
  return [...catalogRoutes({ releases, catalog, standing }), ...releaseRoutes({ releases })];
}

/** Rehearsals have connectors of their own, which nobody reviews. */
function withoutCanary(set: PolicySet): PolicySet {
  const own: readonly string[] = [canary.connector, canary.client];
  return { ...withoutCanaryPlugin(set), connectors: new Map([...set.connectors].filter(([id]) => !own.includes(id))) };
}
