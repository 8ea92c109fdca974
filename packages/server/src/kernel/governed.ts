/** What settings of clients say of a plugin: its endpoints, and which tools run without a person. */
export interface GovernedPlugin {
  readonly plugin: string;
  readonly version: string;
  readonly endpoints: readonly {
    readonly connector: string;
    readonly path: string;
    /** `allow`: it reads or drafts, or policy lets it run unattended; `ask`: anything else that is offered. */
    readonly tools: Readonly<Record<string, 'allow' | 'ask'>>;
  }[];
}

/** What of a policy folder client settings are written from. */
export interface GovernedSummary {
  readonly organization: string;
  readonly plugins: readonly GovernedPlugin[];
}
