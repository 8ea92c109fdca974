import { join } from 'node:path';
import type { ProvenPerson } from './approvals.ts';
import type { Enrolled } from './people.ts';

/** Where values lie that stood in client configurations before these were wrapped. */
export function wrappedVariablesFile(data: string): string {
  return join(data, 'wrapped', 'variables.json');
}

/** How a client is brought to the gateway. */
export interface WrapChoice {
  readonly path: string;
  readonly person: string;
  /** `stdio`: a command with a private token file; `http`: an address with the token in the client's file. */
  readonly form: 'stdio' | 'http';
  /** Whether servers are started and asked for their tools, so that policy can say what each does. */
  readonly live: boolean;
  /** Whether servers in private ranges are reached; those of this machine always are. */
  readonly privateNetwork: boolean;
  /** How this program is started by a client. */
  readonly command: readonly string[];
}

/** What wrapping would do, in words, and with what came of it when it was done. */
export interface WrapReport {
  readonly file: string;
  readonly plugin: string;
  readonly wrapped: readonly { readonly name: string; readonly connector: string }[];
  readonly left: readonly { readonly name: string; readonly says: string }[];
  readonly policy_file: string;
  readonly backup: string | undefined;
}

/** What came of `unwrap`. */
export interface UnwrapReport {
  readonly file: string;
  readonly kind: 'restored' | 'merged';
  readonly says: string;
  readonly policy: string;
}

/** A wrapping that was planned; nothing is written before `apply`. */
export interface PlannedWrap {
  readonly report: WrapReport;
  readonly diff: string;
  /** Whether somebody has to prove who they are: nobody has to at the very first start. */
  readonly needsCode: boolean;
  apply(by: WrapBy): Promise<{ readonly report: WrapReport; readonly enrolled: Enrolled | undefined }>;
}

/** Who wraps: somebody who proved it, or whoever is enrolled first with it. */
export type WrapBy = ProvenPerson | 'first';
