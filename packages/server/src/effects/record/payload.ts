import type { Json } from '@trapkey/contract/json.ts';
import type { Acting } from '../../kernel/approvals.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { RecordUnavailable, UserError } from '../../kernel/errors.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { Payloads } from './payload-read.ts';

interface ReadingParts {
  readonly recorder: Pick<Recorder, 'commit'>;
  readonly payloads: Pick<Payloads, 'find'>;
  readonly clock: Clock;
}

/** What a person asks to see, and why. */
interface Reading {
  /** The salted digest that an entry names. */
  readonly digest: string;
  readonly by: Acting;
  readonly reason: string | undefined;
}

/** Takes a payload out of the vault for a person; that they read it is durable before they see it. */
export async function readPayload({ recorder, payloads, clock }: ReadingParts, { digest, by, reason }: Reading): Promise<Json> {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new UserError(`${digest} is no digest of a payload.`, 'Give the digest as an entry shows it: sha256:…');
  const committed = await recorder.commit({
    entries: [
      {
        timestamp: rfc3339(clock()),
        kind: 'admin',
        action: 'payload.read',
        on_behalf_of: by.person,
        subject: digest,
        assurance: { on_behalf_of: by.assurance },
        ...(reason !== undefined && { reason: reason.slice(0, 500) }),
      },
    ],
  });
  if (committed.status !== 'committed') throw new RecordUnavailable('that the payload is read could not be recorded');
  const found = await payloads.find(digest);
  if (!found) throw new UserError(`The payload ${digest} is not held any more: it was erased, or never kept.`);
  return found.payload;
}
