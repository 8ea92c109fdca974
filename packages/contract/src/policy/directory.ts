import { z } from 'zod';

const person = z.strictObject({
  person: z.string().regex(/^[^\s:]{1,256}$/, 'A person is an address or a name without spaces'),
  groups: z
    .array(z.string().regex(/^[^\s:]{1,128}$/))
    .max(200)
    .default([]),
  region: z.string().max(64).default(''),
  manager: z.string().max(256).optional(),
  aliases: z
    .array(z.string().regex(/^[^\s:]{1,256}$/))
    .max(20)
    .default([]),
});

/** People and groups of the embedded default; with single sign-on they come from the identity provider's claims. */
export const directory = z.strictObject({ directory: z.array(person).max(10_000) });
export type DirectoryDocument = z.output<typeof directory>;
