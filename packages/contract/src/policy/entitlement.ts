import { z } from 'zod';
import { expression, id } from './words.ts';

/**
 * What people of some groups may do in a system. A connector that no entitlement names is open to whoever may use the
 * plugin; once one names it, a person without one is refused.
 */
export const entitlement = z
  .strictObject({
    entitlement: id,
    groups: z
      .array(z.string().regex(/^[^\s:]{1,128}$/, 'A group is a name without spaces and colons'))
      .max(200)
      .default([]),
    people: z
      .array(z.string().regex(/^[^\s:]{1,256}$/, 'A person is an address or a name without spaces'))
      .max(1_000)
      .default([]),
    allow: z
      .array(
        z.strictObject({
          connector: id,
          tools: z.array(z.string().min(1).max(128)).min(1).max(500).optional().describe('Without it all that the connector offers'),
          rows: expression.optional().describe('Which rows of a result reach the person: CEL over `row` and `person`'),
        }),
      )
      .min(1)
      .max(200),
  })
  .refine(({ groups, people }) => groups.length + people.length > 0, 'An entitlement is for `groups` or for `people`');
export type EntitlementDocument = z.output<typeof entitlement>;
