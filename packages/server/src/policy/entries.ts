import type { EntryFields } from '@trapkey/contract/entry.ts';
import { rfc3339 } from '../kernel/clock.ts';

/** Who changes policy without a person: a folder that changed. No person's id has a space. */
export const folderName = 'policy folder';

const detailMax = 2_000;

/** The entry of something that was done to the policy. */
export function policyEntry(of: {
  readonly action: string;
  readonly digest: string;
  readonly by: string;
  readonly atMs: number;
  readonly reason?: string;
  readonly detail?: string;
}): EntryFields {
  return {
    timestamp: rfc3339(of.atMs),
    kind: 'admin',
    actor: of.by === folderName ? folderName : 'trapkey',
    ...(of.by !== folderName && { on_behalf_of: of.by, assurance: { on_behalf_of: 'proved' as const } }),
    action: of.action,
    subject: of.digest,
    policy: of.digest,
    ...(of.reason !== undefined && { reason: of.reason.slice(0, 500) }),
    ...(of.detail !== undefined && { detail: of.detail.slice(0, detailMax) }),
  };
}
