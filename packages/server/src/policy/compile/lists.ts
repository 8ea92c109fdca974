import { createHash } from 'node:crypto';
import type { PolicySet } from '../../kernel/rules.ts';
import type { ListValues } from '../cel/environment.ts';
import { nearest } from '../nearest.ts';
import type { Valid } from '../validate.ts';

const valuesMax = 1_000_000;

export interface LoadedLists {
  readonly forExpressions: ReadonlyMap<string, ListValues>;
  readonly forSet: PolicySet['lists'];
  readonly problems: readonly { readonly path: readonly PropertyKey[]; readonly says: string; readonly nearest?: string }[];
}

/** Reads the list files that the organization names. They are part of the set and of its digest. */
export function loadLists(
  organization: Extract<Valid, { kind: 'organization' }> | undefined,
  files: Readonly<Record<string, string>>,
): LoadedLists {
  const forExpressions = new Map<string, ListValues>();
  const forSet = new Map<string, PolicySet['lists'] extends ReadonlyMap<string, infer V> ? V : never>();
  const problems: { path: readonly PropertyKey[]; says: string; nearest?: string }[] = [];
  for (const [name, file] of Object.entries(organization?.body.lists ?? {})) {
    const path = ['lists', name];
    const text = Object.hasOwn(files, file) ? files[file] : undefined;
    if (text === undefined) {
      const near = nearest(
        file,
        Object.keys(files).filter((known) => known.endsWith('.csv')),
      );
      problems.push({ path, says: `There is no list file \`${file}\` in the policy folder`, ...(near !== undefined && { nearest: near }) });
      continue;
    }
    const values = firstColumn(text);
    if (typeof values === 'string') {
      problems.push({ path, says: `${file}: ${values}` });
      continue;
    }
    forExpressions.set(name, new Map(values.map((value) => [value, true])));
    forSet.set(name, { digest: `sha256:${createHash('sha256').update(text).digest('hex')}`, values: new Set(values) });
  }
  return { forExpressions, forSet, problems };
}

/** The first column of a CSV file, quotes understood, blank lines skipped; a sentence when it cannot be read. */
function firstColumn(text: string): readonly string[] | string {
  const values: string[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const quoted = /^"((?:[^"]|"")*)"\s*(,|$)/.exec(line);
    if (line.startsWith('"') && !quoted) return `line ${index + 1} opens a quote and does not close it; a value stands on one line`;
    const value = quoted ? (quoted[1] ?? '').replaceAll('""', '"') : (line.split(',')[0] ?? '');
    if (value.trim() !== '') values.push(value.trim());
    if (values.length > valuesMax) return `it has more than ${valuesMax} values`;
  }
  return values;
}
