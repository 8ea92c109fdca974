import { z } from 'zod';
import { classes, region } from './data.ts';
import { limits } from './limits.ts';
import { autonomyLevel, duration, expression, id, mode, pattern, sentence, version, who } from './words.ts';

const names = z.array(pattern).max(500).optional();

/** A package as governed: who may use which release of it, with which connectors. */
export const plugin = z.strictObject({
  plugin: id,
  owner: sentence,
  for: z.array(who).min(1).max(200).describe('Who may use it'),
  release: z.strictObject({ version }),
  connectors: z.array(id).min(1).max(200),
  autonomy: z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]*\..+$/, 'Write connector.tool'), autonomyLevel).default({}),
  limits,
  region: region.optional().describe('Where what the plugin holds lies; without it only the region of the person counts'),
  may_not_see: classes.default([]).describe('Classes of data that never reach its agents'),
  may_not_leave: classes.default([]).describe('Classes after which nothing goes outside without a person'),
  skills: names.describe('Name patterns of the skills that may be used; without it all, with an empty list none. Seen by the hook'),
  agents: names.describe('Name patterns of the sub-agents that may be started and may call; without it all. Seen by the hook'),
  mode: mode.optional(),
});
export type PluginDocument = z.output<typeof plugin>;

/** A task-scoped permission set of one plugin. */
export const profile = z.strictObject({
  profile: id,
  plugin: id,
  for: z.array(who).min(1).max(200),
  allow: z
    .array(z.strictObject({ connector: id, tools: z.array(z.string().min(1).max(128)).min(1).max(500), when: expression.optional() }))
    .min(1)
    .max(200),
  skills: names.describe('Of the skills of the plugin, those that belong to the task'),
  agents: names.describe('Of the agents of the plugin, those that belong to the task'),
  binds: z
    .record(id, z.union([expression, z.array(expression).min(1).max(20)]))
    .optional()
    .describe('What the first call of a run names is the only one that the run may touch'),
  lasts: duration.optional().describe("From the run's first call"),
  limits,
});
export type ProfileDocument = z.output<typeof profile>;
