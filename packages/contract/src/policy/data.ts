import { z } from 'zod';
import { id } from './words.ts';

/** Classes of data, the most sensitive of an organization's own making; `pii`, `payment` and `secret` are also found by what they look like. */
export const classes = z.array(id).max(32);

/** A region as an organization calls it. */
export const region = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'Write it in lower case, like `eu`');

/** What a connector says of the data in its answers. */
export const answerRules = {
  data: classes.optional().describe('Classes that its answers may hold'),
  columns: z
    .record(z.string().min(1).max(128), classes.min(1))
    .optional()
    .describe('Classes by the name of a column or field, wherever it stands in an answer'),
  screen: z
    .record(id, z.enum(['mask', 'withhold']))
    .optional()
    .describe(
      'What becomes of values that look like `pii`, `payment` or `secret`, or like what a detector finds: hidden, or the whole answer is kept back',
    ),
  region: region.optional().describe('Where its data lies'),
  regions: z.array(region).max(50).optional().describe('Further regions that its data may reach'),
  own: z
    .strictObject({
      field: z.string().min(1).max(128),
      values: z
        .array(z.union([z.string(), z.int()]))
        .min(1)
        .max(100),
    })
    .optional()
    .describe('The field that says whose a row is, and the values that are ours; another one is a leak: the connector is stopped'),
  canaries: z
    .array(z.string().min(8).max(200))
    .max(100)
    .optional()
    .describe(
      'Planted values that no answer may ever hold; one that does stops the connector. They may name environment variables, as addresses of connections do',
    ),
};
