import { z } from 'zod';
import { effects, modes } from '../codes.ts';

/** Ids name endpoints and rules, so they stay plain: no dots, so that `connector.tool` has one reading. */
export const id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'An id has lower-case letters, digits, - and _, at most 64 of them');

/** A version stands in the URL of an endpoint. */
export const version = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/, 'A version is text in quotes like "2.1.0"');

/** `group:<name>` or a person's id. */
export const who = z.string().regex(/^(group:[^\s:]{1,128}|[^\s:]{1,256})$/, 'Write group:<name> or the id of a person');

/** `30s 5m 1h 7d`: a whole number and one unit. */
export const duration = z.string().regex(/^[1-9][0-9]{0,5}(ms|s|m|h|d)$/, 'A duration is a whole number and a unit: 30s, 5m, 1h, 7d');

/** A day or an instant, UTC. */
export const moment = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/,
    'A time is a day or an instant in UTC: 2026-12-24 or 2026-12-24T00:00Z',
  )
  .refine((text) => !Number.isNaN(Date.parse(text)), 'There is no such day or time');

/** A CEL expression; its types are checked when the set is compiled. */
export const expression = z.string().min(1).max(4096).describe('CEL expression');

/** A sentence for a person. */
export const sentence = z.string().min(1).max(500);

/** A pattern in which `*` stands for anything; anchored at both ends. */
export const pattern = z.string().min(1).max(500);

export const effect = z.enum(Object.keys(effects) as [keyof typeof effects, ...(keyof typeof effects)[]]);
/** How much of a workflow (plugin × tool) happens without a person. */
export const autonomyLevel = z
  .enum(['draft', 'approve', 'sample', 'unattended'])
  .describe(
    'draft: it only reads and drafts; approve: a person each time; sample: staged, a person looks at a sample; unattended: it runs',
  );
export const mode = z.enum(Object.keys(modes) as [keyof typeof modes, ...(keyof typeof modes)[]]).describe('The narrowest mode wins');
