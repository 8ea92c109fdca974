import type { Clock } from '../../kernel/clock.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { GrantReader } from './read.ts';
import type { GrantSeal } from './seal.ts';
import type { Vendors } from './vendor.ts';

/** What upstream credentials work with. */
export interface CredentialParts {
  readonly reader: GrantReader;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly seal: GrantSeal;
  readonly vendors: Vendors;
  readonly policy: () => Pick<PolicySet, 'connections' | 'directory'>;
}
