import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { AccessDatabase } from '../people/read.ts';

/** What issuing and revoking work with. */
export interface TokenParts {
  readonly database: AccessDatabase;
  readonly recorder: Recorder;
  readonly keys: { readonly tokens: Uint8Array };
  readonly policy: () => PolicySet;
  readonly clock: Clock;
}

/** Who acted is `on_behalf_of`; whose token it is, the subject. The recorder takes both names out. */
export function change(
  atMs: number,
  action: string,
  person: string,
  by: { readonly person: string; readonly proved: boolean },
): EntryFields {
  const assurance = { on_behalf_of: by.proved ? ('proved' as const) : ('claimed' as const) };
  return { timestamp: rfc3339(atMs), kind: 'admin', action, on_behalf_of: by.person, subject: `person:${person}`, assurance };
}
