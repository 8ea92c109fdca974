import type { Assurance } from '@trapkey/contract/codes.ts';

/** A value with how far it is proved. Undefined goes with `unknown`. */
export interface Sure<T> {
  readonly value: T | undefined;
  readonly assurance: Assurance;
}

/** How the agent that the person talks to is called; hooks and telemetry leave its id out. */
export const mainAgent = 'main';

/** Which witness says something: the hook before a call, telemetry after it. */
export type Witness = 'hook' | 'telemetry';

/** Where a call comes from, as far as witnesses say: the client's session, the agent in it, how deep it stands, the prompt. */
export interface Whereabouts {
  readonly session: Sure<string>;
  /** `main` for the agent that the person talks to. */
  readonly agent: Sure<string>;
  readonly agentType: Sure<string>;
  readonly parent: Sure<string>;
  /** 0 for the main agent. */
  readonly depth: Sure<number>;
  readonly prompt: Sure<string>;
  readonly model: Sure<string>;
}

const nobodySaid = { value: undefined, assurance: 'unknown' } as const;

/** No witness spoke. */
export const nowhere: Whereabouts = {
  session: nobodySaid,
  agent: nobodySaid,
  agentType: nobodySaid,
  parent: nobodySaid,
  depth: nobodySaid,
  prompt: nobodySaid,
  model: nobodySaid,
};

/** The depth that a depth limit looks at: what nobody said counts as the greatest. */
export function depthForLimit(where: Whereabouts | undefined): number {
  return where?.depth.value ?? Number.MAX_SAFE_INTEGER;
}

/** The session that a run may stand on: only one that a second witness joined to the call. */
export function provedSession(where: Whereabouts | undefined): string | undefined {
  const { value, assurance } = (where ?? nowhere).session;
  return assurance === 'joined' || assurance === 'proved' ? value : undefined;
}

/** Of whose session something is told. The person comes from the credential of the teller, never from what it says. */
interface OfSession {
  readonly person: string;
  readonly session: string;
  readonly atMs: number;
  readonly by: Witness;
}

/** What hooks and telemetry tell of sessions, prompts and agents. `agent` is `main` where the client names none. */
export type RunReport =
  | (OfSession & { readonly kind: 'session'; readonly model?: string | undefined })
  /** `text` is sealed; the record has its digest. */
  | (OfSession & { readonly kind: 'prompt'; readonly prompt: string; readonly text?: string | undefined })
  /** PreToolUse of the tool that starts sub-agents, after it was allowed. `agent` launches. */
  | (OfSession & { readonly kind: 'launching'; readonly agent: string; readonly toolUse: string })
  /** PostToolUse of it: `agent` launched `child`, where the answer names it. */
  | (OfSession & {
      readonly kind: 'launched';
      readonly agent: string;
      readonly toolUse: string;
      readonly child?: string | undefined;
      readonly model?: string | undefined;
    })
  /** SubagentStart: nobody says who launched it. */
  | (OfSession & { readonly kind: 'agent_started'; readonly agent: string; readonly type?: string | undefined })
  | (OfSession & { readonly kind: 'agent_ended'; readonly agent: string })
  /** Telemetry names an agent, and mostly its parent. `parent` left out: not said. */
  | (OfSession & {
      readonly kind: 'agent_seen';
      readonly agent: string;
      readonly parent?: string | undefined;
      readonly type?: string | undefined;
      readonly model?: string | undefined;
    });

/** The agent trees of all sessions, durable and shared by the processes on one database. */
export interface AgentTrees {
  /** Takes reports in the order in which they came; doubles change nothing. One transaction for all of them. */
  report(reports: readonly RunReport[]): Promise<void>;
  /**
   * Where an agent of a session stands. `assurance` is that of the join which led here (`joined` for an announced call
   * whose arguments digest agrees); no attribute comes back with more.
   */
  where(of: {
    readonly person: string;
    readonly session: string;
    readonly agent: string;
    readonly prompt?: string | undefined;
    readonly assurance: Assurance;
  }): Whereabouts | Promise<Whereabouts>;
  /** How many agents a session has had, the main one not counted; for agent-count limits. */
  count(of: { readonly person: string; readonly session: string }): number | Promise<number>;
}
