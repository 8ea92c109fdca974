import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ProvenPerson } from './approvals.ts';

/** Whom to count for: as this person, with the arguments that a call would have. */
export interface LiveAsk {
  readonly by: ProvenPerson;
  readonly plugin: string;
  /** `connector.tool`; undefined: every tool with a probe. */
  readonly tool: string | undefined;
  readonly args: JsonObject | undefined;
}
