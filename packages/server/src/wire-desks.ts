import { openAlerts } from './effects/observe/act.ts';
import { alertRoutes } from './effects/observe/routes.ts';
import type { Grants } from './kernel/grants.ts';
import type { Route } from './kernel/http.ts';
import type { PolicySet } from './kernel/rules.ts';
import { openMessages } from './messages/read.ts';
import { messageRoutes } from './messages/routes.ts';
import { compileBounds } from './policy/cel/bounds.ts';
import { openPlacesOfRules } from './policy/place/read.ts';
import { autonomyRoutes } from './stages/gate/autonomy/routes.ts';
import { openGlassReviews } from './stages/gate/glass/act.ts';
import { reviewRoutes } from './stages/gate/glass/routes.ts';
import { openGrantDesk } from './stages/gate/grants/act.ts';
import { grantRoutes } from './stages/gate/grants/routes.ts';
import { openQuality } from './stages/gate/quality/act.ts';
import { qualityRoutes } from './stages/gate/quality/routes.ts';
import { undoRoutes } from './stages/gate/undo/routes.ts';
import type { Store } from './wire.ts';
import { autonomyOver } from './wire-autonomy.ts';
import { undosOver } from './wire-undo.ts';

/** Standing grants, as people make and end them. */
export function grantDesk({ database, recorder, clock, payloads }: Store, policy: () => PolicySet): Grants {
  return openGrantDesk({ database, recorder, clock, policy, compileBounds, unseal: payloads.unseal });
}

/** What those who look after it all look at: alerts, messages, grants, quality, reviews. */
export function deskRoutes(store: Store, policy: () => PolicySet): readonly Route[] {
  const { database, recorder, clock } = store;
  return [
    ...alertRoutes({ alerts: openAlerts({ database, recorder, clock, policy }) }),
    ...messageRoutes({ messages: openMessages({ database, recorder, clock }) }),
    ...grantRoutes({ grants: grantDesk(store, policy) }),
    ...autonomyRoutes({ autonomy: autonomyOver(store, policy) }),
    ...qualityRoutes({ quality: openQuality({ database, recorder, clock, policy }), places: openPlacesOfRules(database) }),
    ...undoRoutes({ undos: undosOver(store, policy) }),
    ...reviewRoutes({ reviews: openGlassReviews({ database, recorder, clock, policy }) }),
  ];
}
