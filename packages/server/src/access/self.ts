import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a gateway answers a nonce with: only who holds the keys of its data folder can. */
export type ProveSelf = (nonce: string) => string;

/** The proof under a key of its own, out of the one for tokens. */
export function selfProof(keys: { readonly tokens: Uint8Array }): ProveSelf {
  const key = new Uint8Array(hkdfSync('sha256', keys.tokens, '', 'trapkey/self/1', 32));
  return (nonce) => createHmac('sha256', key).update(nonce).digest('base64url');
}

const answerTimeoutMs = 1_000;

/** Whether the gateway of these keys answers there. Whoever else took its port, or stands in a file that it left, does not. */
export async function isOurs(url: string, prove: ProveSelf): Promise<boolean> {
  const nonce = randomBytes(24).toString('base64url');
  try {
    const reply = await fetch(`${url}/healthz?nonce=${nonce}`, { signal: AbortSignal.timeout(answerTimeoutMs), redirect: 'error' });
    const { proof } = (await reply.json()) as { readonly proof?: unknown };
    const wanted = Buffer.from(prove(nonce));
    const given = Buffer.from(typeof proof === 'string' ? proof : '');
    return reply.ok && given.length === wanted.length && timingSafeEqual(given, wanted);
  } catch {
    return false;
  }
}
