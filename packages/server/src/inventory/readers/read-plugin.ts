import type { ReadConnector } from './connectors.ts';

/** A plugin as read; what it can do is worked out later. */
export interface ReadPlugin {
  readonly name: string;
  readonly kind: 'plugin' | 'client' | 'bundle' | 'config';
  readonly version?: string;
  readonly file: string;
  readonly counts: {
    readonly skills: number;
    readonly commands: number;
    readonly agents: number;
    readonly hooks: number;
    readonly servers: number;
  };
  readonly connectors: readonly ReadConnector[];
  readonly secrets: readonly string[];
  readonly hosts: readonly string[];
  readonly sources: readonly string[];
  readonly scripts: readonly string[];
  /** Parts that run code on this machine, by name. */
  readonly runs: readonly string[];
}
