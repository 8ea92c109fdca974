import type { Approvals } from '../../../kernel/approvals.ts';
import type { PolicySet } from '../../../kernel/rules.ts';

/** What the addresses of approvals work with. */
export interface ApprovalScreens {
  readonly approvals: Approvals;
  /** Whom groups and aliases stand for, so that people see what concerns them. Who may decide is `approvals`' to say. */
  readonly policy: () => Pick<PolicySet, 'directory' | 'organization'> & Partial<Pick<PolicySet, 'plugins' | 'connectors'>>;
}
