import type { BatchApplying, BatchDesk } from '../../../../kernel/batch-desk.ts';
import type { PolicySet } from '../../../../kernel/rules.ts';

/** What the addresses of batches work with. Who may decide is the desk's to say; the policy tells whom one concerns. */
export interface BatchScreens {
  readonly desk: BatchDesk;
  readonly applying: BatchApplying;
  readonly policy: () => Pick<PolicySet, 'directory' | 'organization'> & Partial<Pick<PolicySet, 'plugins'>>;
}
