import type { Assurance, Code, Coverage, Effect, Kind, Mode, Outcome, Tier, Verdict } from './codes.ts';

/** What a rule in observe or warn mode would have said. */
export interface Would {
  readonly verdict: Verdict;
  readonly code: Code;
  readonly rule: string;
  readonly mode: Exclude<Mode, 'enforce'>;
}

/**
 * One immutable line of the record, before it has its number. In the ledger `on_behalf_of`, the human in
 * `approval` and `data_sources` are pseudonyms; reading and export resolve them from the erasable names table.
 * Absent fields are left out of the stored bytes.
 */
export interface EntryFields {
  readonly timestamp: string;
  readonly kind: Kind;
  readonly actor?: string;
  readonly on_behalf_of?: string;
  readonly action?: string;
  /** null, `rule:<id>`, `grant:<id>`, `human:<id>[,<id>…]`, `self:<id>`, `batch:<id>`, `break-glass:<id>`. */
  readonly approval?: string | null;
  readonly data_sources?: readonly string[];
  readonly model?: string;
  /** plugin@version */
  readonly plugin?: string;
  readonly reversible?: boolean;
  readonly outcome?: Outcome;
  readonly call?: string;
  readonly attempt?: number;
  readonly run?: string;
  readonly session?: string;
  readonly agent?: { readonly id: string; readonly parent?: string; readonly depth?: number };
  /** Id that the client gave its tool call; hooks and telemetry name it too. A claim. */
  readonly tool_use?: string;
  /** What the agent was told to do it by; `prompt` is a salted digest. */
  readonly instructions?: { readonly skill?: string; readonly agent_type?: string; readonly prompt?: string };
  /** What the model cost, as telemetry says: US dollars in micro-units, tokens of all kinds, requests. */
  readonly spend?: { readonly micro_usd: number; readonly tokens: number; readonly requests: number };
  readonly connector?: string;
  /** Tool name; `prompt:<name>` and `resource:<uri digest or pattern>` for prompts and resources. */
  readonly tool?: string;
  readonly method?: string;
  readonly effect?: Effect;
  readonly tier?: Tier;
  readonly reach?: number | null;
  readonly destination?: 'inside' | 'outside' | 'unknown';
  readonly amount?: { readonly micro_units: number; readonly currency: string } | null;
  readonly environment?: string;
  readonly profile?: string;
  readonly verdict?: Verdict;
  readonly code?: Code;
  readonly rule?: string;
  readonly ticket?: string;
  /** The batch that it became a change of, or is; the undo that it belongs to. */
  readonly batch?: string;
  /** Its number in the batch, from 1. */
  readonly change?: number;
  /** Salted digests of what stood there before a change and after it. */
  readonly changed?: { readonly before?: string; readonly after?: string };
  readonly would?: readonly Would[];
  readonly policy?: string;
  readonly definition?: string;
  /** Salted digest of the sealed decision inputs, the arguments among them. */
  readonly arguments?: string;
  readonly result?: {
    readonly digest?: string;
    readonly rows?: number;
    readonly bytes: number;
    readonly screened: readonly string[];
    readonly is_error?: boolean;
  };
  readonly probe?: { readonly connector: string; readonly tool: string; readonly for: string };
  readonly decide_ms?: number;
  readonly held_ms?: number;
  readonly upstream_ms?: number;
  /** Which witness saw it, where that is not the gateway. */
  readonly coverage?: Coverage;
  readonly assurance?: { readonly [attribute: string]: Assurance };
  /** For `admin`: what was done, to what; never a secret. `count` for aggregated refusals. */
  readonly subject?: string;
  readonly reason?: string;
  readonly count?: number;
  readonly source?: string;
  readonly detail?: string;
}

/** An entry as stored: its fields and its place in the tree. */
export interface Entry extends EntryFields {
  readonly entry: number;
}
