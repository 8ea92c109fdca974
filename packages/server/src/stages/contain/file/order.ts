import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { z } from 'zod';
import { UserError } from '../../../kernel/errors.ts';

/** An order is read whole; anything longer is none. */
export const orderBytesMax = 8_192;

const type = 'trapkey-stop';

const schema = z.strictObject({
  organization: z.string().min(1).max(128),
  /** As people type it: `everything`, `connector:crm` … */
  scope: z.string().min(1).max(300),
  mode: z.enum(['freeze', 'full']),
  reason: z.string().min(1).max(500),
  issued_at: z.iso.datetime(),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
});

/** What an operator orders. There is no field that could release anything. */
export type StopOrder = Readonly<z.infer<typeof schema>>;

/** A key as a name that fits in a header: the start of its digest. */
export function keyIdOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex')
    .slice(0, 16);
}

/** Reads an Ed25519 public key in PEM; throws UserError where it is another thing. */
export function readPublicKey(pem: string): KeyObject {
  if (/PRIVATE KEY/.test(pem))
    throw new UserError(
      'That is the private half of a key. Nothing was registered.',
      'Register the public half, and keep this one elsewhere.',
    );
  return ed25519(() => createPublicKey(pem), 'public');
}

/** Reads an Ed25519 private key in PEM; throws UserError where it is another thing. */
function readPrivateKey(pem: string): KeyObject {
  return ed25519(() => createPrivateKey(pem), 'private');
}

function ed25519(read: () => KeyObject, half: 'public' | 'private'): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // Told below.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new UserError(
    `That is not the ${half} half of an Ed25519 key in PEM.`,
    'Make a pair with `trapkey stop key new --out operator.pem`.',
  );
}

/** A new pair, both halves in PEM; the id is what a list of keys shows. */
export function newPair(): { readonly id: string; readonly publicKey: string; readonly privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    id: keyIdOf(publicKey),
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

/** Signs an order: one line, a compact JWS. Needs neither a server nor a database. */
export async function signOrder(privateKeyPem: string, order: Omit<StopOrder, 'nonce'>): Promise<string> {
  const key = readPrivateKey(privateKeyPem);
  const payload = schema.safeParse({ ...order, nonce: randomBytes(16).toString('base64url') });
  if (!payload.success) throw new UserError(`This cannot be ordered: ${payload.error.issues[0]?.message ?? 'it is malformed'}.`);
  const bytes = Buffer.from(JSON.stringify(payload.data));
  return await new CompactSign(bytes).setProtectedHeader({ alg: 'EdDSA', typ: type, kid: keyIdOf(key) }).sign(key);
}

/** A file's text as judged: an order that a registered key signed, or why it is none, in words. */
export type Judged = { readonly order: StopOrder; readonly key: string } | { readonly refused: string };

/** Believes nothing that a registered key did not sign. */
export async function openOrder(
  text: string,
  known: { readonly keys: ReadonlyMap<string, string>; readonly organization: string },
): Promise<Judged> {
  let kid = '';
  try {
    const { payload, protectedHeader } = await compactVerify(
      text.trim(),
      (header) => {
        kid = String(header.kid ?? '').slice(0, 64);
        const pem = known.keys.get(kid);
        if (pem === undefined) throw new UnknownKey();
        return createPublicKey(pem);
      },
      { algorithms: ['EdDSA'] },
    );
    if (protectedHeader.typ !== type) return { refused: 'it is signed, and it is no stop order' };
    const read = schema.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')));
    if (!read.success) return { refused: 'it is signed, and its fields are not those of a stop order' };
    if (read.data.organization !== known.organization)
      return { refused: `it is signed for the organization ${read.data.organization.replaceAll(/[^\w.@-]/g, '?')}, which this is not` };
    return { order: read.data, key: kid };
  } catch (error) {
    if (error instanceof UnknownKey)
      return { refused: `no registered key signed it (it names ${kid.replaceAll(/[^\w-]/g, '?') || 'none'})` };
    return { refused: kid === '' ? 'it cannot be read as a signed order' : 'its signature does not fit' };
  }
}

class UnknownKey extends Error {}
