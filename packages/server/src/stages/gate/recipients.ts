import { createHmac, hkdfSync } from 'node:crypto';

/** Who would be reached, as a digest: keyed, so that nobody who reads the database can try addresses against it. */
export type RecipientsDigest = (recipients: readonly string[]) => string;

/** The digest under a key of its own, out of the one that every process on this database shares. */
export function recipientsDigest(shared: Uint8Array): RecipientsDigest {
  const key = new Uint8Array(hkdfSync('sha256', shared, '', 'trapkey/ticket-recipients/1', 32));
  return (recipients) => {
    const same = [...new Set(recipients.map((one) => one.toLowerCase()))].sort();
    return createHmac('sha256', key).update(JSON.stringify(same)).digest('base64url');
  };
}

/** What an approval is bound to: null where policy does not resolve whom the call reaches. */
export function boundRecipients(digest: RecipientsDigest, recipients: readonly string[] | undefined): string | null {
  return recipients === undefined ? null : digest(recipients);
}
