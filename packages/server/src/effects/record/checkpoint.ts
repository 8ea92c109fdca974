import { hashBytes } from '../../kernel/merkle.ts';
import { decodeBase64, type NoteSigner, type NoteVerifier, openNote, parseNote, signNote } from './note.ts';

/** What a checkpoint says: the log of this origin had this root at this size. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Opaque lines after the root; ours have none. */
  readonly extensions: readonly string[];
}

/** Signs a tree head as a C2SP checkpoint. The key's name is the origin, as the format asks. */
export function signCheckpoint(head: Pick<Checkpoint, 'origin' | 'size' | 'root'>, privateKey: NoteSigner['privateKey']): string {
  if (!Number.isSafeInteger(head.size) || head.size < 0 || head.root.length !== hashBytes)
    throw new Error('A checkpoint needs a size and a root of 32 bytes.');
  const text = `${head.origin}\n${head.size}\n${Buffer.from(head.root).toString('base64')}\n`;
  return signNote(text, [{ name: head.origin, privateKey }]);
}

/** Reads a checkpoint without believing it; throws when it is malformed. */
export function parseCheckpoint(note: string): Checkpoint {
  return readText(parseNote(note).text);
}

/** Reads a checkpoint that a trusted key of its own origin signed; throws otherwise. Witnesses alone do not make one. */
export function verifyCheckpoint(note: string, publicKeys: readonly NoteVerifier[]): Checkpoint {
  const { text, by } = openNote(note, publicKeys);
  const checkpoint = readText(text);
  if (!by.some(({ name }) => name === checkpoint.origin)) throw new Error(`No trusted key of ${checkpoint.origin} itself signed it.`);
  return checkpoint;
}

function readText(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = '', ...extensions] = text.slice(0, -1).split('\n');
  const root = decodeBase64(rootText);
  const size = Number(sizeText);
  if (
    origin === '' ||
    !/^(0|[1-9]\d*)$/.test(sizeText) ||
    !Number.isSafeInteger(size) ||
    root?.length !== hashBytes ||
    extensions.includes('')
  ) {
    throw new Error('That is not a checkpoint: its lines are origin, size and root.');
  }
  return { origin, size, root, extensions };
}
