import type { Code } from '@trapkey/contract/codes.ts';

/** Why a code is in no row: there is nothing that an agent could do to hear it in this build, or a test of its own shows it. */
export const elsewhere: Partial<Record<Code, string>> = {
  unauthenticated: 'answered before anything is a call',
  wrong_audience: 'answered before anything is a call',
  draft_only: 'takes a workflow at draft: test/batches/autonomy.test.ts shows its text',
  changed_since: 'said of a change of a batch when it is made: test/batches/applying.test.ts shows it',
  limit_reached: 'takes a limit that is used up: test/contain/limits.test.ts and S06 show its text',
  checker_denied: 'no checker can be added to a served gateway yet',
  record_unavailable: 'without a record there is no entry: the crash and record tests show its text',
  result_withheld: 'as record_unavailable',
  internal: 'takes a fault in Trapkey itself',
  release_not_approved: 'takes a catalog: test/catalog/life.test.ts shows its text',
  not_entitled: 'takes an entitlement: S14 shows its text',
  not_signed_in: 'takes an upstream where people sign in: test/people/credentials.test.ts shows its text',
  bound_elsewhere: 'takes a profile that binds: test/data/screening.test.ts shows its text',
  not_announced: 'takes a client without its hook: test/hooks/join.test.ts shows its text',
  announced_otherwise: 'as not_announced',
  client_runs: 'takes a tool of the client: test/hooks/bad-input.test.ts shows its text',
  bypassed: 'no answer to a call: it says of a tool that ran past the gateway',
  table_not_allowed: 'takes a database: test/sql/finance-warehouse.test.ts shows its text',
  column_denied: 'as table_not_allowed',
  class_barred: 'takes data classes: test/data/screening.test.ts shows its text',
  region_barred: 'as class_barred',
};
/** Codes of calls that run or wait. */
export const noRefusals: readonly Code[] = [
  ...(['allowed', 'approved', 'granted', 'auto_execute', 'unattended', 'observed'] as const),
  ...(['staged', 'approval_needed', 'checker_hold', 'provenance', 'flow'] as const),
];
