import type { Definitions } from '@trapkey/contract/upstream.ts';
import type { Classification, Finding, Severity } from './inventory.ts';

/** What a plugin can do, one column of the report each. */
export const capabilities = ['reads', 'changes', 'contacts', 'destroys', 'runs_code', 'untrusted'] as const;
export type Capability = (typeof capabilities)[number];

/** Which parts certainly can, and of which nobody knows. */
export interface CapabilitySources {
  readonly yes: readonly string[];
  readonly unknown: readonly string[];
}

/** Which witness sees the calls of a connector. */
export type ScanCoverage = 'gateway' | 'not covered';

/** One tool of a connector, from a bundle or a live list. */
export interface ScannedTool {
  readonly name: string;
  readonly classification: Classification;
}

/** A connector entry, without any value that could be a secret. */
export interface ScannedConnector {
  readonly name: string;
  readonly transport: 'http' | 'sse' | 'ws' | 'stdio' | 'none';
  /** Without credentials, query and fragment. */
  readonly url?: string;
  readonly command?: readonly string[];
  /** Names of variables, headers and options that look like secrets; never their values. */
  readonly secrets: readonly string[];
  readonly coverage: ScanCoverage;
  /** The entry of the bundled catalog that speaks for it. */
  readonly known?: string;
  readonly can: Readonly<Record<Capability, 'yes' | 'no' | 'unknown'>>;
  /** Where the capabilities come from. */
  readonly because: string;
  readonly tools?: readonly ScannedTool[];
}

export type PluginKind = 'plugin' | 'client' | 'bundle' | 'config';

/** A plugin, or what a client is configured with, as one thing that an agent holds at once. */
export interface ScannedPlugin {
  readonly name: string;
  readonly kind: PluginKind;
  readonly version?: string;
  readonly file: string;
  readonly counts: {
    readonly skills: number;
    readonly commands: number;
    readonly agents: number;
    readonly hooks: number;
    readonly servers: number;
  };
  readonly connectors: readonly ScannedConnector[];
  readonly can: Readonly<Record<Capability, CapabilitySources>>;
  readonly secrets: readonly string[];
  /** Hosts and package sources that its words and scripts name. */
  readonly hosts: readonly string[];
  readonly sources: readonly string[];
  readonly scripts: readonly string[];
}

/** A list of plugins to install from. */
export interface ScannedMarketplace {
  readonly name: string;
  readonly file: string;
  readonly entries: number;
  readonly bySource: Readonly<Record<string, number>>;
  /** Entries with the digest or commit of what would be installed. */
  readonly pinned: number;
}

/** One way in which outsiders' words could become harm, in a sentence. */
export interface WorstPath {
  readonly plugin: string;
  readonly severity: Severity;
  readonly says: string;
  readonly steps: readonly string[];
}

/** Everything that a scan found; also what `--json` prints. */
export interface ScanReport {
  readonly format: 'trapkey-scan/1';
  /** Whether servers were started and asked. */
  readonly live: boolean;
  readonly looked: readonly string[];
  readonly totals: {
    readonly plugins: number;
    readonly skills: number;
    readonly commands: number;
    readonly agents: number;
    readonly hooks: number;
    readonly connectors: number;
    readonly connectors_without_address: number;
    readonly connectors_stdio: number;
    readonly marketplace_entries: number;
    readonly marketplace_entries_pinned: number;
  };
  readonly plugins: readonly ScannedPlugin[];
  readonly marketplaces: readonly ScannedMarketplace[];
  readonly paths: readonly WorstPath[];
  readonly findings: readonly Finding[];
  readonly ms: number;
}

/** How a connector would be opened. Holds secrets: never printed, used only by `--live`. */
export interface Launch {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Lists what a connector offers; given by whoever wires the scan. */
export type ListLive = (launch: Launch, signal: AbortSignal) => Promise<Pick<Definitions, 'tools' | 'instructions'>>;

export interface ScanOptions {
  /** Folders, files and addresses of repositories; none: this machine. */
  readonly targets: readonly string[];
  readonly live: boolean;
  readonly liveTimeoutMs?: number;
  readonly privateNetwork: boolean;
  readonly bundledCatalog: boolean;
}
