import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codes, kinds, verdicts } from '@trapkey/contract/codes.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';
import type { UpstreamFixtures } from './upstream.ts';

const keysOf = <T extends object>(list: T) => z.enum(Object.keys(list) as [keyof T & string, ...(keyof T & string)[]]);
const json = z.record(z.string(), z.json());
const answer = z.union([z.enum(['fails', 'unsent', 'lost', 'garbage']), json]);

const expectation = z.strictObject({
  verdict: keysOf(verdicts),
  code: keysOf(codes),
  rule: z.string().optional(),
  /** A pattern over the sentence that the agent gets. */
  says: z.string().optional(),
  /** Text that must not be in the sentence. */
  absent: z.string().optional(),
  /** `connection.tool` of everything that reached an upstream; the call itself when it is allowed, else nothing. */
  upstream: z.array(z.string()).optional(),
  entries: z.array(keysOf(kinds)).optional(),
  decided: json.optional(),
  executed: json.optional(),
  happened: z.enum(['nothing', 'unknown', 'done']).optional(),
  warnings: z.int().optional(),
  /** Whether the ticket is the one of the step before. */
  same_ticket: z.boolean().optional(),
});

const calling = {
  /** `connector.tool` */
  call: z.string().optional(),
  /** `connector!uri`, `connector!prompt` */
  read: z.string().optional(),
  prompt: z.string().optional(),
  complete: z.string().optional(),
  args: json.default({}),
  as: z.string().default('j.rivera@corp.example'),
  claims: z.array(z.string()).optional(),
  plugin: z.string().default('sales@2.1.0'),
  profile: z.string().optional(),
  audience: z.string().optional(),
  session: z.string().optional(),
};

const step = z.strictObject({
  ...calling,
  as: z.string().optional(),
  plugin: z.string().optional(),
  expect: expectation.optional(),
  wait: z.string().optional(),
  approve: z.string().optional(),
  refuse: z.string().optional(),
  reason: z.string().optional(),
  stop: z.string().optional(),
  mode: z.enum(['freeze', 'full']).optional(),
  release: z.string().optional(),
  /** A standing grant of the last ticket. */
  grant: z
    .strictObject({
      by: z.string(),
      count: z.int().default(5),
      period: z.string().optional(),
      bounds: z.string().optional(),
      everyone: z.boolean().optional(),
    })
    .optional(),
  revoke: z.string().optional(),
  answers: z.record(z.string(), answer).optional(),
  changed: z.array(z.string()).optional(),
});

const goldenCase = z.strictObject({
  ...calling,
  name: z.string(),
  at: z.string().default('2026-11-02T09:00:00Z'),
  /** Text of the policy that this case replaces. */
  edit: z.record(z.string(), z.string()).default({}),
  answers: z.record(z.string(), answer).default({}),
  changed: z.array(z.string()).default([]),
  missing: z.array(z.string()).default([]),
  checkers: z.record(z.string(), z.union([z.literal('fails'), json])).default({}),
  steps: z.array(step).default([]),
  expect: expectation.optional(),
});
export type GoldenCase = z.output<typeof goldenCase>;
export type Step = z.output<typeof step>;
export type Expectation = z.output<typeof expectation>;

const folder = import.meta.dirname;

/** The cases of every theme, in the order of the files. */
export function goldenCases(): readonly { readonly theme: string; readonly cases: readonly GoldenCase[] }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.cases.yaml'))
    .map((file) => ({
      theme: file.replace('.cases.yaml', ''),
      cases: z.array(goldenCase).parse(parse(readFileSync(join(folder, file), 'utf8'))),
    }));
}

/** The policy of the cases, with what one of them changes in it. */
export function policyWith(edit: Readonly<Record<string, string>>): PolicySet {
  let text = readFileSync(join(folder, 'corp.yaml'), 'utf8');
  for (const [from, to] of Object.entries(edit)) {
    if (!text.includes(from)) throw new Error(`The policy does not contain: ${from}`);
    text = text.replace(from, to);
  }
  const compiled = compileSet({ 'corp.yaml': text, 'flagged.csv': readFileSync(join(folder, 'flagged.csv'), 'utf8') }, {});
  if (!compiled.ok) throw new Error(compiled.problems.map((problem) => JSON.stringify(problem)).join('\n'));
  return compiled.set;
}

export function upstreamFixtures(): UpstreamFixtures {
  return parse(readFileSync(join(folder, 'upstreams.yaml'), 'utf8'));
}
