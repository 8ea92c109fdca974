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
    .describe(
      'asked: whom it concerns gets a mail of their own: who may decide a ticket, the owner of a connector, the owner and operators of the organization',
    ),
  pagerduty: z
    .strictObject({ key: secret, url: z.url().max(2_000).default('https://events.pagerduty.com/v2/enqueue') })
    .optional()
    .describe('Alerts only, as PagerDuty Events v2; the key is an integration key'),
});
export type AlertTargetDocument = z.output<typeof target>;

/** Where people are told of what waits for them, and of what went wrong. */
export const alerts = z
  .strictObject({
    approvals: target.optional().describe('Tickets: asked, reminded, escalated, decided'),
    operations: target
      .optional()
      .describe('Calls out of scope, stops, trouble; what somebody let run alone; and every alert whose own target is not set'),
    security: target.optional().describe('What got past the gateway, what was tried again, changed definitions, large pulls, stops'),
    owners: z
      .union([z.literal('email'), target])
      .optional()
      .describe('Owners of connectors and plugins: failed checks, requests. email: a mail to the owner, sent as the other mails here'),
    network: z.enum(['public', 'private']).default('public').describe('private: these addresses may be inside your network'),
  })
  .optional();
