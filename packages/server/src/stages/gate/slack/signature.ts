import { createHmac, timingSafeEqual } from 'node:crypto';

/** Older or newer than this is refused, so that what was overheard once is worth nothing later. */
const skewMs = 5 * 60_000;

/** What Slack says with a request that it signed (version 0). */
export interface SlackSigned {
  readonly text: string;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

/** Whether Slack signed exactly these bytes, just now, with the secret of this app. */
export function isFromSlack(secret: string, { text, timestamp = '', signature = '' }: SlackSigned, atMs: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(atMs - Number(timestamp) * 1_000) > skewMs) return false;
  const wanted = Buffer.from(`v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${text}`).digest('hex')}`);
  const given = Buffer.from(signature);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}
