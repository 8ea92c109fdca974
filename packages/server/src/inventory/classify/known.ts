import type { Effect } from '@trapkey/contract/codes.ts';

/** What is known of one tool, and where from. */
export interface KnownTool {
  readonly effect: Effect;
  readonly destructive: boolean;
  readonly source: string;
}
