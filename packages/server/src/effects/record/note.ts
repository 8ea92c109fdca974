import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** C2SP signed-note and tlog-checkpoint, Ed25519 only: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint */

/** A key that signs notes under a name. */
export interface NoteSigner {
  readonly name: string;
  readonly privateKey: KeyObject;
}

/** A public key that a verifier trusts, with the name and id that its signature lines carry. */
export interface NoteVerifier {
  readonly name: string;
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** A note taken apart; nothing in it is to be believed before `openNote`. */
export interface ParsedNote {
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly id: string; readonly signature: Uint8Array }[];
}

const ed25519Type = 1;
const publicKeyBytes = 32;
const signaturesMax = 100;
const noteBytesMax = 1_000_000;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
// SubjectPublicKeyInfo and PKCS#8 of Ed25519 are these bytes and then the 32 of the key.
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Reads base64 and refuses any other spelling of the same bytes. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!base64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** An Ed25519 private key from its 32-byte seed. */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });
}

function rawPublic(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiHead.length);
}

function keyId(name: string, raw: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ed25519Type), raw]), 'buffer').toString('hex', 0, 4);
}

function checkName(name: string): void {
  if (name === '' || /[\s+\p{Cc}]/u.test(name)) throw new Error(`"${name}" cannot be the name of a key: no spaces, no plus, not empty.`);
}

/** `name+hash+base64`: the text that an auditor keeps. */
export function verifierKey(name: string, key: KeyObject): string {
  checkName(name);
  const raw = rawPublic(key);
  return `${name}+${keyId(name, raw)}+${Buffer.concat([Buffer.of(ed25519Type), raw]).toString('base64')}`;
}

/** Reads a verifier key; throws when it is not one, or its hash is not of its key. */
export function parseVerifierKey(text: string): NoteVerifier {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim()) ?? [];
  const bytes = decodeBase64(encoded);
  if (!bytes || bytes.length !== 1 + publicKeyBytes || bytes[0] !== ed25519Type)
    throw new Error('That is not a verifier key: it reads name+hash+base64, Ed25519.');
  checkName(name);
  const raw = bytes.subarray(1);
  if (keyId(name, raw) !== id) throw new Error(`The verifier key's hash ${id} is not of its key; it was mistyped or changed.`);
  return { name, id, publicKey: createPublicKey({ key: Buffer.concat([spkiHead, raw]), format: 'der', type: 'spki' }) };
}

/** Signs a text with each key, one line a key. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  const problem = textProblem(text);
  if (problem) throw new Error(`This text cannot be a note: ${problem}.`);
  const lines = signers.map(({ name, privateKey }) => {
    checkName(name);
    const id = Buffer.from(keyId(name, rawPublic(privateKey)), 'hex');
    return `\u2014 ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

function textProblem(text: string): string | undefined {
  if (text === '' || !text.endsWith('\n')) return 'it does not end in a newline';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these.
  if (/[\0-\x09\x0b-\x1f]/.test(text)) return 'it has control characters';
  if (!text.isWellFormed() || text.includes('\ufffd')) return 'it is not valid UTF-8';
  return undefined;
}

/** Takes a note apart; throws when it is malformed. Verifies nothing. */
export function parseNote(note: string): ParsedNote {
  const problem = note.length > noteBytesMax ? 'it is too long' : textProblem(note);
  const cut = note.lastIndexOf('\n\n');
  if (problem || cut < 0) throw new Error(`That is not a signed note: ${problem ?? 'it has no blank line before its signatures'}.`);
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > signaturesMax) throw new Error(`That note has more than ${signaturesMax} signatures.`);
  const signatures = lines.map((line) => {
    const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? [];
    const bytes = decodeBase64(encoded);
    if (name === '' || !bytes || bytes.length < 5) throw new Error('That is not a signed note: a signature line is malformed.');
    return { name, id: Buffer.from(bytes.subarray(0, 4)).toString('hex'), signature: bytes.subarray(4) };
  });
  return { text: note.slice(0, cut + 1), signatures };
}

/** The text, once a trusted key signed it; throws otherwise. A bad signature of a trusted key refuses the whole note. */
export function openNote(
  note: string,
  verifiers: readonly NoteVerifier[],
): { readonly text: string; readonly by: readonly NoteVerifier[] } {
  const parsed = parseNote(note);
  const by = new Set<NoteVerifier>();
  for (const { name, id, signature } of parsed.signatures) {
    const known = verifiers.find((verifier) => verifier.name === name && verifier.id === id);
    if (!known || by.has(known)) continue;
    if (!verify(null, Buffer.from(parsed.text), known.publicKey, signature))
      throw new Error(`The signature of ${name} does not fit the text.`);
    by.add(known);
  }
  if (by.size === 0)
    throw new Error(`None of the trusted keys signed it (${verifiers.map(({ name, id }) => `${name}+${id}`).join(', ') || 'none given'}).`);
  return { text: parsed.text, by: [...by] };
}
