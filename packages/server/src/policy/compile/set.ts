import { createHash } from 'node:crypto';
import type { PolicyProblem } from '@trapkey/contract/policy/reports.ts';
import canonicalize from 'canonicalize';
import type { PolicySet } from '../../kernel/rules.ts';
import { readSource } from '../source.ts';
import { type Valid, validateDocument } from '../validate.ts';
import { compileConnection } from './connection.ts';
import { compileConnector } from './connector.ts';
import { type CompileContext, ofKind, wrong } from './context.ts';
import { withDatabaseTools } from './database.ts';
import { compileEntitlements } from './entitlements.ts';
import { refuseEnv } from './environment.ts';
import { compileLimits } from './limits.ts';
import { loadLists } from './lists.ts';
import { compileDirectory, compileOrganization } from './organization.ts';
import { compilePlugin, compileProfiles } from './plugin.ts';

/** The files of a set by their path in the folder, lists included. */
export type PolicyFiles = Readonly<Record<string, string>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export type CompiledSet =
  | { readonly ok: true; readonly set: PolicySet; readonly documents: readonly Valid[]; readonly files: PolicyFiles }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** True for the files that hold documents; `*.cases.yaml` hold cases and are no part of the set. */
export function isDocumentFile(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path) && !/\.cases\.ya?ml$/i.test(path);
}

/** The digest of a set: over the text of its files, before any environment variable is filled in. */
export function digestOf(files: PolicyFiles): string {
  return `sha256:${createHash('sha256')
    .update(canonicalize(files) ?? '')
    .digest('hex')}`;
}

/** Compiles a whole set, or refuses it whole with every mistake that was found. */
export function compileSet(files: PolicyFiles, env: Environment): CompiledSet {
  const problems: PolicyProblem[] = [];
  const documents: Valid[] = [];
  for (const path of Object.keys(files).filter(isDocumentFile).sort()) {
    const source = readSource(path, files[path] ?? '');
    problems.push(...source.problems);
    for (const document of source.documents) {
      const valid = validateDocument(document);
      if ('kind' in valid) documents.push(valid);
      else problems.push(...valid);
    }
  }
  // References can only be judged when every document could be read: a typo elsewhere would show up as ten mistakes.
  if (problems.length > 0) return { ok: false, problems: inOrder(problems) };
  const organization = documents.find((document) => document.kind === 'organization');
  const lists = loadLists(organization, files);
  const context: CompileContext = { documents: withDatabaseTools(documents), lists: lists.forExpressions, env, problems };
  for (const { path, says, nearest } of lists.problems) if (organization) wrong(context, organization, path, says, nearest);
  unique(context);
  const set = { ...compileAll(context, organization), digest: digestOf(files), lists: lists.forSet };
  return problems.length > 0 ? { ok: false, problems: inOrder(problems) } : { ok: true, set, documents, files };
}

function compileAll(
  context: CompileContext,
  organizationDocument: Extract<Valid, { kind: 'organization' }> | undefined,
): Omit<PolicySet, 'digest' | 'lists'> {
  for (const document of context.documents) if (document.kind !== 'connection') refuseEnv(context, document);
  const organization = compileOrganization(context, organizationDocument);
  return {
    organization,
    connections: new Map(ofKind(context, 'connection').map((document) => [document.id, compileConnection(context, document)])),
    connectors: new Map(ofKind(context, 'connector').map((document) => [document.id, compileConnector(context, document, organization)])),
    plugins: new Map(ofKind(context, 'plugin').map((document) => [document.id, compilePlugin(context, document, organization)])),
    profiles: compileProfiles(context),
    directory: compileDirectory(context),
    limits: compileLimits(context, organization),
    entitlements: compileEntitlements(context),
  };
}

function unique(context: CompileContext): void {
  const seen = new Map<string, Valid>();
  for (const document of context.documents) {
    if (document.kind === 'directory') continue;
    const key = document.kind === 'organization' ? 'organization' : `${document.kind} ${document.id}`;
    const first = seen.get(key);
    if (first) wrong(context, document, [], `There is a \`${key}\` already, in ${first.source.file}:${first.source.place([]).line}`);
    seen.set(key, document);
  }
}

function inOrder(problems: readonly PolicyProblem[]): readonly PolicyProblem[] {
  return [...problems].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column));
}
