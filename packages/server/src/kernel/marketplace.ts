import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ScanCoverage } from './scan.ts';

/** Where clients read the list of plugins that they may install; what a token is shown at for it. */
export const marketplacePath = '/marketplace.json';

/** Where the archives lie that the list names. */
export const archivesPath = '/archives/';

/** The files of releases that people may have. */
export interface MarketplaceReleases {
  /** The current release of each plugin, and one that is tried. */
  servable(): Promise<
    readonly {
      readonly release: { readonly kind: 'plugin' | 'connector'; readonly id: string; readonly version: string };
      readonly sourceDigest: string;
      readonly canary: boolean;
    }[]
  >;
  files(release: {
    readonly kind: 'plugin' | 'connector';
    readonly id: string;
    readonly version: string;
  }): Promise<ReadonlyMap<string, Uint8Array> | undefined>;
  /** Notes under which digest a release is served. Rejects when that cannot be recorded: then it is not. */
  served(release: { readonly kind: 'plugin' | 'connector'; readonly id: string; readonly version: string }, digest: string): Promise<void>;
}

/** What became of a connector of a plugin in the archive that is served. */
export interface ServedConnector {
  readonly name: string;
  readonly coverage: ScanCoverage;
  /** The connector of the gateway that stands in its place. */
  readonly connector?: string;
  readonly says: string;
}

/** A release as people get it. */
export interface ServedRelease {
  readonly archive: Uint8Array;
  readonly sha256: string;
  readonly connectors: readonly ServedConnector[];
  readonly description: string | undefined;
}

/** The governed marketplace: what a person may install, as a client reads it. */
export interface Marketplace {
  list(person: { readonly person: string; readonly groups: readonly string[] }): Promise<JsonObject>;
  /** The bytes behind an address of the list; undefined where there is none, or the key in it is not good any more. */
  archive(
    path: string,
    key: string | undefined,
    person?: { readonly person: string; readonly groups: readonly string[] },
  ): Promise<Uint8Array | undefined>;
}
