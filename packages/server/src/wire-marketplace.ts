import { openMarketplace } from './catalog/marketplace/act.ts';
import { openReleaseFiles } from './catalog/releases/read.ts';
import { noteServed } from './catalog/releases/served.ts';
import type { Config } from './config.ts';
import type { Marketplace } from './kernel/marketplace.ts';
import type { OpenPolicy } from './policy/open.ts';
import type { Store } from './wire.ts';

/** The governed marketplace of this gateway: the catalog's releases, their connectors led through here. */
export function marketplaceOver(parts: {
  readonly config: Pick<Config, 'oidc'>;
  readonly store: Pick<Store, 'database' | 'recorder' | 'keys' | 'clock'>;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly publicUrl: () => string;
}): Marketplace {
  const { config, store, policy, publicUrl } = parts;
  const { database, recorder, keys, clock } = store;
  return openMarketplace({
    ...{ keys, clock, publicUrl, policy: policy.current },
    releases: { ...openReleaseFiles({ database }), served: noteServed({ database, recorder, clock }) },
    signsIn: config.oidc !== undefined,
  });
}
