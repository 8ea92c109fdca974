import { type DocumentKind, documents, laterKeys } from '@trapkey/contract/policy/documents.ts';
import type { PolicyProblem } from '@trapkey/contract/policy/reports.ts';
import type { z } from 'zod';
import { knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';
import type { SourceDocument } from './source.ts';

export type Valid = {
  [K in DocumentKind]: {
    readonly kind: K;
    readonly id: string;
    readonly body: z.output<(typeof documents)[K]>;
    readonly source: SourceDocument;
  };
}[DocumentKind];

type Issue = z.core.$ZodIssue;

/** Checks one document against its schema; every mistake comes with its line and the nearest key that would be known. */
export function validateDocument(source: SourceDocument): Valid | readonly PolicyProblem[] {
  const kind = source.firstKey;
  if (!Object.hasOwn(documents, kind)) return [unknownKind(source, kind)];
  const schema = documents[kind as DocumentKind];
  const parsed = schema.safeParse(source.value);
  if (!parsed.success) return parsed.error.issues.flatMap((issue) => problemsOf(source, kind, schema, issue));
  const body = parsed.data;
  const id = kind === 'directory' ? 'directory' : String((body as Record<string, unknown>)[kind]);
  return { kind, id, body, source } as Valid;
}

function unknownKind(source: SourceDocument, key: string): PolicyProblem {
  const place = { file: source.file, ...source.place([], key) };
  if (laterKeys['']?.includes(key)) return { ...place, says: `This build cannot enforce \`${key}\` documents` };
  const meant = nearest(key, Object.keys(documents));
  return {
    ...place,
    says: `\`${key}\` is no kind of document; the first key of a document is one of ${Object.keys(documents).join(', ')}`,
    ...(meant !== undefined && { nearest: meant }),
  };
}

function problemsOf(
  source: SourceDocument,
  kind: string,
  schema: z.ZodType,
  issue: Issue,
  above: readonly PropertyKey[] = [],
): readonly PolicyProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(source, kind, schema, path, key));
  if (issue.code === 'invalid_union') {
    const branch = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
    if (depth(branch) > 0) return branch.flatMap((inner) => problemsOf(source, kind, schema, inner, path));
  }
  if (issue.code === 'invalid_key' && issue.issues[0])
    return [{ file: source.file, ...source.place(path.slice(0, -1), String(path.at(-1))), says: `${at(path)}${issue.issues[0].message}` }];
  const place = { file: source.file, ...source.place(path) };
  if (issue.code === 'invalid_value') {
    const given = valueAt(source.value, path);
    const meant =
      typeof given === 'string' && !issue.message.startsWith('This build') ? nearest(given, issue.values.map(String)) : undefined;
    return [{ ...place, says: `${at(path)}${issue.message}`, ...(meant !== undefined && { nearest: meant }) }];
  }
  if (issue.code === 'invalid_type' && valueAt(source.value, path) === undefined) {
    return [{ file: source.file, ...source.place(path.slice(0, -1)), says: `\`${path.map(String).join('.')}\` is missing` }];
  }
  return [{ ...place, says: `${at(path)}${issue.message}` }];
}

/** How far into the value a branch of a union got; the branch that got furthest is the one that was meant. */
function depth(branch: readonly Issue[]): number {
  return Math.max(0, ...branch.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
}

function unknownKey(source: SourceDocument, kind: string, schema: z.ZodType, path: readonly PropertyKey[], key: string): PolicyProblem {
  const place = { file: source.file, ...source.place(path, key) };
  if (later(kind, path).includes(key)) return { ...place, says: `This build cannot enforce \`${key}\`; leave it out until a build can` };
  const meant = nearest(key, knownKeys(schema, path));
  return {
    ...place,
    says: `Unknown key \`${key}\`${path.length > 0 ? ` in ${path.map(String).join('.')}` : ''}`,
    ...(meant !== undefined && { nearest: meant }),
  };
}

function later(kind: string, path: readonly PropertyKey[]): readonly string[] {
  const full = [kind, ...path.map(String)];
  return (
    Object.entries(laterKeys).find(([where]) => {
      const wanted = where.split('.');
      return wanted.length === full.length && wanted.every((part, i) => part === '*' || part === full[i]);
    })?.[1] ?? []
  );
}

function at(path: readonly PropertyKey[]): string {
  return path.length > 0 ? `\`${path.map(String).join('.')}\`: ` : '';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const segment of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, segment)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[segment];
  }
  return here;
}
