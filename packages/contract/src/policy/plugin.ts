import { z } from 'zod';
import { duration, expression, id, laterValue, mode, sentence, version, who } from './words.ts';

/** A package as governed: who may use which release of it, with which connectors. */
export const plugin = z.strictObject({
  plugin: id,
  owner: sentence,
  for: z.array(who).min(1).max(200).describe('Who may use it'),
  release: z.strictObject({ version }),
  connectors: z.array(id).min(1).max(200),
  autonomy: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9_-]*\..+$/, 'Write connector.tool'),
      z.enum(['approve', 'unattended'], laterValue(['approve', 'unattended'], ['draft', 'sample'])),
    )
    .default({}),
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
  lasts: duration.optional().describe("From the run's first call"),
});
export type ProfileDocument = z.output<typeof profile>;
