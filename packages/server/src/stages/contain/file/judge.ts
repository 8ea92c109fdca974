import { createHash } from 'node:crypto';
import type { StopView } from '../../../kernel/readers.ts';
import type { Found } from './folder.ts';
import { type Judged, openOrder } from './order.ts';
import { orderedScope } from './scope.ts';
import type { KnownFiles } from './store.ts';

/** A file that the database does not know yet, with the stop that it is on this node until then. */
export interface PendingFile {
  readonly digest: string;
  readonly file: string;
  readonly stop: StopView;
  readonly seenAtMs: number;
  readonly judged: Judged;
  /** The database knows it as cleared: it came back. */
  readonly again: boolean;
}

/** A file as this node remembers it, whatever becomes of the file itself. */
export interface Remembered {
  readonly found: Found;
  readonly seenAtMs: number;
  looks: number;
  present: boolean;
  /** Other bytes came under its name right after: it may have been half written. */
  replaced: boolean;
  told: boolean;
}

/** What a file means now. */
export type Said = { readonly pending: PendingFile } | { readonly carriedOut: string };

/** Once refused a file stays refused, also when its key is registered later. `over`: nothing any more, and it lies there no more. */
export async function judge(one: Remembered, known: KnownFiles, organization: string): Promise<Said | 'over'> {
  const { found, seenAtMs } = one;
  const row = known.files.get(found.digest);
  if (row?.state === 'imported') return one.present ? { carriedOut: row.stop ?? row.digest } : 'over';
  if (row?.clearedAtMs !== undefined && !one.present && seenAtMs <= row.clearedAtMs) return 'over';
  if (row) return pendingOf(one, known, { refused: row.says }, row.clearedAtMs !== undefined && seenAtMs > row.clearedAtMs);
  const judged: Judged =
    found.text === undefined ? { refused: found.problem ?? 'it cannot be read' } : await judgeText(found, known, organization);
  if ('refused' in judged && one.replaced) return 'over';
  return pendingOf(one, known, judged, false);
}

function pendingOf({ found, seenAtMs }: Remembered, known: KnownFiles, judged: Judged, again: boolean): Said {
  const stop = stopOf(found, judged, seenAtMs, known);
  return { pending: { digest: found.digest, file: found.file, stop, seenAtMs, judged, again } };
}

async function judgeText({ text = '', digest }: Found, known: KnownFiles, organization: string): Promise<Judged> {
  const judged = await openOrder(text, { keys: known.keys, organization });
  if ('refused' in judged) return judged;
  const { order, key } = judged;
  for (const row of known.files.values())
    if (row.key === key && row.nonce === order.nonce && row.digest !== digest)
      return { refused: `its nonce was used by another order (${row.file})` };
  return judged;
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The same on every node: an order's by its key and nonce, others by their bytes. */
function stopOf(found: Found, judged: Judged, atMs: number, known: KnownFiles): StopView {
  const of = 'order' in judged ? `${judged.key}\n${judged.order.nonce}` : found.digest;
  const bytes = createHash('sha256').update(of).digest();
  const id = `S-${[...bytes.subarray(0, 10)].map((byte) => crockford[byte & 31]).join('')}`;
  if ('order' in judged) {
    const { scope, mode, reason } = judged.order;
    return { id, scope: orderedScope(scope), mode, by: known.people.get(judged.key) ?? judged.key, reason, atMs };
  }
  const reason = `The stop file ${found.file} cannot be believed: ${judged.refused}`;
  return { id, scope: { kind: 'everything' }, mode: 'full', by: 'stop file', reason, atMs };
}

/** An order at once. A file that may still be written is not put down in the record before it stayed as it is, or went. */
export function isNew({ digest, judged, again }: PendingFile, known: KnownFiles, one: Remembered | undefined): boolean {
  if (known.files.has(digest) && !again) return false;
  return 'order' in judged || (one !== undefined && (one.looks > 1 || !one.present));
}

/** What people are told of a file, once. */
export function wordsFor(one: Remembered, said: Said, folder: string): string {
  const { file } = one.found;
  if ('carriedOut' in said)
    return `The stop file ${file} was carried out before, as ${said.carriedOut}; it stops nothing anew. Remove it from ${folder}.`;
  const { judged, stop } = said.pending;
  if ('order' in judged)
    return `The stop file ${file} of ${stop.by} counts on this node: ${judged.order.scope} is stopped (${judged.order.mode}).`;
  return `${stop.reason}. Everything is stopped on this node. Remove the file from ${folder}, then run: trapkey stop files clear ${one.found.digest}`;
}
