import { z } from 'zod';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** Our own: the region that rules speak of. */
export const trapkeySchema = 'urn:trapkey:params:scim:schemas:1.0:User';

/** A group of more would not be one that a rule should name. */
const membersMax = 20_000;

const text = z.string().max(1_024);
const valued = z.looseObject({ value: text.optional(), primary: z.boolean().optional() });
/** Providers send `"True"` too. */
const flag = z.union([z.boolean(), z.string().regex(/^(true|false)$/i)]).transform((given) => String(given).toLowerCase() === 'true');

/** What is read of a person; what else a provider sends is kept as it is, and nothing is decided by it. */
export const scimUser = z.looseObject({
  schemas: z.array(text).max(20).optional(),
  userName: z.string().regex(/^[^\s:\p{C}]{1,254}$/u, 'userName is an address or a name without spaces and colons'),
  externalId: text.optional(),
  active: flag.default(true),
  displayName: text.optional(),
  emails: z.array(valued).max(20).optional(),
  [enterpriseSchema]: z.looseObject({ manager: z.looseObject({ value: text.optional() }).optional() }).optional(),
  [trapkeySchema]: z.looseObject({ region: z.string().max(64).optional() }).optional(),
});
export type ScimUser = z.output<typeof scimUser>;

export const scimGroup = z.looseObject({
  schemas: z.array(text).max(20).optional(),
  displayName: z.string().trim().min(1).max(128),
  externalId: text.optional(),
  members: z
    .array(z.looseObject({ value: z.string().min(1).max(64) }))
    .max(membersMax)
    .default([]),
});
export type ScimGroup = z.output<typeof scimGroup>;

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
/** A PATCH as RFC 7644 writes it; `op` in any case, as providers do. */
export const scimPatchBody = z.object({
  schemas: z.array(text).refine((given) => given.includes(patchOp), `schemas holds ${patchOp}`),
  Operations: z
    .array(
      z.object({
        op: z
          .string()
          .regex(/^(add|replace|remove)$/i)
          .transform((op) => op.toLowerCase() as 'add' | 'replace' | 'remove'),
        path: z.string().max(1_024).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(1_000),
});
