import { z } from 'zod';
import { codes, verdicts } from '../codes.ts';

/** One call and what the policy must say of it. Cases live beside the policy in `*.cases.yaml` and are no part of the set. */
export const policyCase = z.strictObject({
  case: z.string().min(1).max(200).describe('What it shows, in words'),
  person: z.string().min(1),
  groups: z.array(z.string()).optional().describe('Default: those of the directory'),
  plugin: z.string().min(1),
  connector: z.string().min(1),
  profile: z.string().optional(),
  tool: z.string().min(1).optional(),
  resource: z.string().min(1).optional(),
  prompt: z.string().min(1).optional(),
  args: z.record(z.string(), z.json()).default({}),
  at: z.string().optional().describe('RFC 3339; default: now'),
  probes: z.record(z.string(), z.json()).default({}).describe('What probes find, by connector.tool; one that is missing fails'),
  expect: z.strictObject({
    verdict: z.enum(Object.keys(verdicts) as [keyof typeof verdicts, ...(keyof typeof verdicts)[]]),
    code: z.enum(Object.keys(codes) as [keyof typeof codes, ...(keyof typeof codes)[]]).optional(),
    rule: z.string().optional(),
    tier: z.enum(['low', 'medium', 'high']).optional(),
    says: z.string().optional().describe('Words that the sentence must contain'),
  }),
});
export type PolicyCase = z.output<typeof policyCase>;
