import { z } from 'zod';

const secret = z.string().regex(/^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/, 'A secret comes from the environment: write $' + '{env:NAME}');
const address = z.string().regex(/^[^\s@<>,;]{1,64}@[^\s@<>,;]{1,255}$/, 'Write an address like name@corp.example');

const target = z.strictObject({
  slack: secret.optional().describe('Address of an incoming webhook'),
  webhook: z
    .strictObject({ url: z.string().min(1).max(2_000), secret })
    .optional()
    .describe('Signed as Standard Webhooks says'),
  email: z
    .strictObject({
      smtp: secret.describe('smtp://user:password@host:587 or smtps://…'),
      from: address,
      to: z.union([z.literal('asked'), z.array(address).min(1).max(50)]).default('asked'),
    })
    .optional()
    .describe('asked: each person who may decide gets a mail of their own'),
});
export type AlertTargetDocument = z.output<typeof target>;

/** Where people are told of what waits for them. */
export const alerts = z
  .strictObject({
    approvals: target.optional().describe('Tickets: asked, reminded, escalated, decided'),
    operations: target.optional().describe('What somebody let run alone, and what could not be delivered'),
    network: z.enum(['public', 'private']).default('public').describe('private: these addresses may be inside your network'),
  })
  .optional();
