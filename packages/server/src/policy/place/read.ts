import { isDocumentFile } from '../compile/set.ts';
import { type PolicyDatabase, readPointer, readSet } from '../read.ts';
import { readSource, type SourceDocument } from '../source.ts';
import { placeOf, type RulePlace } from './place.ts';

/** Says where rules of the running set stand; its files are read once for each set. */
export function openPlacesOfRules(database: PolicyDatabase): (rules: readonly string[]) => Promise<ReadonlyMap<string, RulePlace>> {
  let last:
    | { readonly digest: string; readonly files: Readonly<Record<string, string>>; readonly documents: readonly SourceDocument[] }
    | undefined;
  return async (rules) => {
    const pointer = await readPointer(database);
    if (!pointer) return new Map();
    if (last?.digest !== pointer.digest) {
      const files = (await readSet(database, pointer.digest))?.files ?? {};
      const documents = Object.entries(files).flatMap(([file, text]) => (isDocumentFile(file) ? readSource(file, text).documents : []));
      last = { digest: pointer.digest, files, documents };
    }
    const { documents, files } = last;
    return new Map(
      rules.flatMap((rule) => {
        const place = placeOf(rule, documents, files);
        return place ? [[rule, place] as const] : [];
      }),
    );
  };
}

/** The same of one rule. */
export function openRulePlaces(database: PolicyDatabase): (rule: string) => Promise<RulePlace | undefined> {
  const placesOf = openPlacesOfRules(database);
  return async (rule) => (await placesOf([rule])).get(rule);
}
