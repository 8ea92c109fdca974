import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Raise } from '../../kernel/alerts.ts';
import type { Announcements } from '../../kernel/announced.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { AgentTrees } from '../../kernel/runs.ts';
import type { Admit } from '../../pipeline/admit.ts';
import type { Forehear } from '../../pipeline/forehear.ts';

/** What the hooks' endpoint is given; it has no other way to anything. */
export interface HookDoors {
  readonly announcements: Announcements;
  readonly admit: Admit;
  readonly forehear: Forehear;
  readonly trees: Pick<AgentTrees, 'report' | 'where'>;
  readonly policy: () => PolicySet;
  /** The one id of a person, whichever alias a credential names. */
  readonly personKey: (policy: PolicySet, person: string) => string;
  /** Writes an entry that belongs to no decided call. */
  readonly note: (entry: EntryFields) => Promise<void>;
  readonly raise: Raise;
}
