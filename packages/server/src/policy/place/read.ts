import { isDocumentFile } from '../compile/set.ts';
import { type PolicyDatabase, readPointer, readSet } from '../read.ts';
import { readSource, type SourceDocument } from '../source.ts';
import { placeOf, type RulePlace } from './place.ts';

/** Says where rules of the running set stand; its files are read once for each set. */
export function openRulePlaces(database: PolicyDatabase): (rule: string) => Promise<RulePlace | undefined> {
  let last:
    | { readonly digest: string; readonly files: Readonly<Record<string, string>>; readonly documents: readonly SourceDocument[] }
    | undefined;
  return async (rule) => {
    const pointer = await readPointer(database);
    if (!pointer) return undefined;
    if (last?.digest !== pointer.digest) {
      const files = (await readSet(database, pointer.digest))?.files ?? {};
      const documents = Object.entries(files).flatMap(([file, text]) => (isDocumentFile(file) ? readSource(file, text).documents : []));
      last = { digest: pointer.digest, files, documents };
    }
    return placeOf(rule, last.documents, last.files);
  };
}
