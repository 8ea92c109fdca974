import type { Chain, rulePlace } from '@trapkey/contract/api/approvals.ts';
import type { z } from 'zod';
import type { Approvals } from '../../../kernel/approvals.ts';
import type { Grants } from '../../../kernel/grants.ts';
import type { PolicySet } from '../../../kernel/rules.ts';

/** What the addresses of approvals work with. */
export interface ApprovalScreens {
  readonly approvals: Approvals;
  /** Whom groups and aliases stand for, so that people see what concerns them. Who may decide is `approvals`' to say. */
  readonly policy: () => Pick<PolicySet, 'directory' | 'organization'> & Partial<Pick<PolicySet, 'plugins' | 'connectors'>>;
  /** Who may make a standing grant of a ticket. */
  readonly grants?: Pick<Grants, 'may'>;
  /** Where a rule stands in the policy. */
  readonly places?: (rule: string) => Promise<z.output<typeof rulePlace> | undefined>;
  /** Who of a client's agents asked for a call, as the record knows it. */
  readonly chain?: (call: string) => Promise<Chain | undefined>;
}
