import { z } from 'zod';

const count = z.number().int().nonnegative();
const spend = z.object({ microUsd: z.number(), tokens: z.number(), requests: z.number() });

const view = {
  id: z.string(),
  person: z.string(),
  /** plugin@version */
  release: z.string(),
  profile: z.string().optional(),
  session: z.string().optional(),
  /** Whether a hook or telemetry of that session spoke. */
  proved: z.boolean(),
  startedAtMs: z.number(),
  lastAtMs: z.number(),
  calls: count,
  refused: count,
  held: count,
  /** The highest tier of its calls; absent where none was tiered. */
  tier: z.enum(['low', 'medium', 'high']).optional(),
  agents: count,
  spend,
  coverage: z.array(z.enum(['gateway', 'hook', 'reported'])),
};

/** `GET /api/runs?of=mine|owned&person=&plugin=&outcome=refused|held&tier=low|medium|high&coverage=hook|gateway&since=24h&max=&after=` */
export const runView = z.object(view);
export type RunView = z.output<typeof runView>;
export const runList = z.object({ runs: z.array(runView), next: z.string().nullable() });
export type RunList = z.output<typeof runList>;

const agentFields = {
  id: z.string(),
  type: z.string().optional(),
  model: z.string().optional(),
  parent: z.string().optional(),
  depth: z.number().optional(),
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  spend,
};
/** An agent with those that it launched. */
export interface RunAgent extends z.output<z.ZodObject<typeof agentFields>> {
  readonly children: readonly RunAgent[];
}
export const runAgent: z.ZodType<RunAgent> = z.object({ ...agentFields, children: z.lazy(() => z.array(runAgent)) });

/** `GET /api/runs/:id` */
export const runDetail = z.object({ ...view, tree: z.array(runAgent), bypassed: count, missing: count });
export type RunDetail = z.output<typeof runDetail>;

/** A stretch of a call. `hold` is a person's time; `endMs` null: it is not over. */
export const runSpan = z.object({
  kind: z.enum(['decision', 'hold', 'execution', 'upstream', 'screen']),
  startMs: z.number(),
  endMs: z.number().nullable(),
  says: z.string(),
});
export type RunSpan = z.output<typeof runSpan>;

const carried = z.object({ entry: count, digest: z.string() });

/** A call of a run, as a line of the waterfall. */
export const runCall = z.object({
  call: z.string(),
  /** Its first and last entry. */
  entries: z.object({ first: count, last: count }),
  connector: z.string(),
  tool: z.string(),
  agent: z.string().nullable(),
  model: z.string().nullable(),
  effect: z.string().nullable(),
  tier: z.string().nullable(),
  reach: z.number().nullable(),
  destination: z.string().nullable(),
  verdict: z.string().nullable(),
  code: z.string().nullable(),
  rule: z.string().nullable(),
  approval: z.string().nullable(),
  ticket: z.string().nullable(),
  outcome: z.string().nullable(),
  rows: z.number().nullable(),
  bytes: z.number().nullable(),
  screened: z.array(z.string()),
  sources: z.array(z.string()),
  /** What came back may hold words of outsiders: from here on the run has read them. */
  untrusted: z.boolean(),
  startMs: z.number(),
  endMs: z.number().nullable(),
  /** Of that, how long it waited for a person. */
  heldMs: z.number(),
  spans: z.array(runSpan),
  /** What it carried and what came back: where that is on record, and its digest there. It is opened with `POST /api/record/:entry/payload`. */
  arguments: carried.nullable(),
  result: carried.nullable(),
});
export type RunCall = z.output<typeof runCall>;

/** Oldest first. `GET /api/runs/:id/calls?max=200&after=` */
export const runCalls = z.object({ calls: z.array(runCall), next: count.nullable() });
export type RunCalls = z.output<typeof runCalls>;

/** What the policy of now says to a call of then. `GET /api/calls/:call/replay` */
export const callReplay = z.object({
  call: z.string(),
  was: z.object({ verdict: z.string(), code: z.string(), rule: z.string().nullable() }),
  /** null: its inputs are not held any more, or cannot be decided again; `says` tells which. */
  now: z.object({ verdict: z.string(), code: z.string(), rule: z.string(), says: z.string() }).nullable(),
  same: z.boolean().nullable(),
  says: z.string(),
});
export type CallReplay = z.output<typeof callReplay>;
