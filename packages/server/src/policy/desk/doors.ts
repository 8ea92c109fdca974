import type { PolicyReplay } from '@trapkey/contract/api/policy.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { OpenPolicy } from '../open.ts';
import type { AskedPerson } from './effective.ts';
import type { Sent } from './lists.ts';
import type { LookingParts } from './looking.ts';

export const bodyBytesMax = 8 * 2 ** 20;

/** What the addresses of policy work with. */
export interface PolicyDoors extends LookingParts {
  readonly policy: Pick<OpenPolicy, 'apply' | 'rollback' | 'sign' | 'undisturbed'>;
  /** As it decides now, the catalog laid over it. */
  readonly current: () => PolicySet;
  readonly person: (name: string) => Promise<AskedPerson>;
  /** Opens what was sealed with the last decisions, for somebody who may. */
  readonly replay: (sent: Sent, asked: { readonly last: number; readonly person: string }) => Promise<PolicyReplay>;
}

/** As it is sent: without what is undefined. */
export function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
