import { z } from 'zod';

/** How many at most; null: nothing bounds it. */
const most = z.number().nullable();
const amounts = z.object({ people: most, records: most });
const unit = z.enum(['people', 'records']);

/** One tool that alters something, as one plugin may use it. */
export const blastAction = z.object({
  connector: z.string(),
  tool: z.string(),
  effect: z.string(),
  unit,
  /** Why it may run without a person; empty where a person decides every call. */
  unattended: z.array(z.string()),
  held: z.string().optional(),
  call: most,
  run: most,
  bound: z.string().optional(),
  live: z.object({ reach: z.number().optional(), call: z.string().optional(), says: z.string().optional() }).optional(),
  /** How often the plugin used it since that is counted; null: not once. */
  used: z.object({ calls: z.number(), last_at_ms: z.number() }).nullable().optional(),
  /** Where its rule stands in the policy that runs. */
  place: z.object({ file: z.string(), line: z.number() }).optional(),
});
export type BlastActionShown = z.output<typeof blastAction>;

/** For so long an action counts as used. */
export const usedWithinMs = 30 * 24 * 3_600_000;

/** Whether its plugin used it of late. */
export function usedLately({ used }: Pick<BlastActionShown, 'used'>, nowMs: number): boolean {
  return used !== undefined && used !== null && nowMs - used.last_at_ms <= usedWithinMs;
}

/** What of each plugin is shown: all that policy grants, those of it that were used of late or were not, or what is offered and not granted. */
export const blastShown = z.enum(['granted', 'used', 'unused', 'declared']);
export type BlastShown = z.output<typeof blastShown>;

/** A tool that a plugin's server offers and policy does not grant. */
export const blastDeclared = z.object({ connector: z.string(), tool: z.string(), effect: z.string(), because: z.string() });

/** What a plugin can alter before a person looks. */
export const blastPlugin = z.object({
  plugin: z.string(),
  release: z.string(),
  says: z.string(),
  action: amounts,
  run: amounts,
  day: amounts,
  actions: z.array(blastAction),
  declared: z.array(blastDeclared).optional(),
  levers: z.array(z.object({ change: z.string(), unit, before: most, after: most, says: z.string() })),
  paths: z.array(z.object({ steps: z.array(z.string()), unattended: z.boolean(), says: z.string() })),
  over: z.boolean(),
});
export type BlastPluginShown = z.output<typeof blastPlugin>;

/** `GET /api/blast?plugin=` */
export const blastReport = z.object({
  format: z.literal('trapkey-blast/1'),
  policy: z.string(),
  max: z.number().optional(),
  /** Since when uses are counted; null: nothing was counted yet. */
  counted_since_ms: z.number().nullable().optional(),
  plugins: z.array(blastPlugin),
});
export type BlastReportShown = z.output<typeof blastReport>;

const count = z.number().int().nonnegative();

/** A box of the map. `outside` is everybody who is not of the organization. */
export const blastNode = z.object({
  id: z.string(),
  kind: z.enum(['plugin', 'connector', 'system', 'class', 'outside']),
  label: z.string(),
  owner: z.string().nullable(),
  /** Of a plugin: an action or a run comes to more than the max. */
  over: z.boolean(),
});
export type BlastNode = z.output<typeof blastNode>;

/** A line of the map: what goes along it, and how much one unattended run can alter there. */
export const blastEdge = z.object({
  from: z.string(),
  to: z.string(),
  /** `uses`: a plugin has the connector; `reads`, `writes`: what the connector does there; `holds`: data of the class; `reaches`: a way out. */
  kind: z.enum(['uses', 'reads', 'writes', 'holds', 'reaches']),
  tools: count,
  effects: z.array(z.string()),
  run: amounts,
  unattended: z.boolean(),
});
export type BlastEdge = z.output<typeof blastEdge>;

/** Plugin, connector, system, data class, outside. `GET /api/blast/graph?plugin=&show=` */
export const blastGraph = z.object({ nodes: z.array(blastNode), edges: z.array(blastEdge), more: z.boolean() });
export type BlastGraph = z.output<typeof blastGraph>;
