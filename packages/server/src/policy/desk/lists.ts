import { createHash } from 'node:crypto';
import type { PolicyNow } from '@trapkey/contract/api/policy.ts';
import type { ProvenPerson } from '../../kernel/approvals.ts';
import type { Role } from '../../kernel/people.ts';
import { hasAny } from '../../kernel/sight.ts';
import { isDocumentFile, type PolicyFiles } from '../compile/set.ts';
import { listsNamed } from '../folder.ts';
import { type PolicyDatabase, readPointer, readSet } from '../read.ts';

/** Who reads the texts of lists: whom they name is anybody, such as customers who must not be written to. */
const listReaders = ['administrator', 'auditor'] as const satisfies readonly Role[];

/** Whether somebody reads the texts of lists. */
export function seesLists(who: Pick<ProvenPerson, 'roles'>): boolean {
  return hasAny(listReaders, who);
}

/** Texts that somebody sent, and the lists of what runs that they name and may not read. */
export interface Sent {
  readonly files: PolicyFiles;
  readonly withheld: readonly string[];
}

/** Lays in the running lists that the texts name, where whoever sent them cannot have their texts. */
export async function withLists(database: PolicyDatabase, files: PolicyFiles, sees: boolean): Promise<Sent> {
  if (sees) return { files, withheld: [] };
  const documents = Object.fromEntries(Object.entries(files).filter(([name]) => isDocumentFile(name)));
  const missing = new Set(listsNamed(documents).filter((name) => files[name] === undefined));
  const pointer = missing.size === 0 ? undefined : await readPointer(database);
  const running = pointer && (await readSet(database, pointer.digest));
  const lists = Object.entries(running?.files ?? {}).filter(([name]) => missing.has(name) && !isDocumentFile(name));
  return { files: { ...files, ...Object.fromEntries(lists) }, withheld: lists.map(([name]) => name) };
}

/**
 * Whether texts may be tried on calls: an expression of one's own over a list that one may not read would tell it, call by
 * call. What is stored, somebody who may read the list has written or seen.
 */
export async function mayTry(database: PolicyDatabase, { withheld }: Sent, digest: string): Promise<boolean> {
  return withheld.length === 0 || (await readSet(database, digest)) !== undefined;
}

/** Files as they are shown: of a list, to most only how large it is and its digest. */
export function shownFiles(files: PolicyFiles, sees: boolean): PolicyNow['files'] {
  return Object.entries(files).map(([file, text]) => shown(file, isDocumentFile(file) ? 'documents' : 'list', text, sees));
}

/** Cases beside a set, as they are shown. */
export function shownCases(cases: PolicyFiles): PolicyNow['files'] {
  return Object.entries(cases).map(([file, text]) => shown(file, 'cases', text, true));
}

function shown(file: string, kind: PolicyNow['files'][number]['kind'], text: string, sees: boolean): PolicyNow['files'][number] {
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { file, kind, text: kind === 'list' && !sees ? null : text, sizeBytes: Buffer.byteLength(text), digest };
}
