import type { LintFinding } from '../../kernel/inventory.ts';
import type { ReleaseChange, ReleaseDefinition, ReleaseManifest } from '../../kernel/releases.ts';
import { revealed } from '../../kernel/revealed.ts';
import type { ScannedConnector } from '../../kernel/scan.ts';
import { definitionChanges } from './definitions.ts';
import { newSentences } from './prose.ts';

const changesMax = 500;
const prose = /\.(md|mdx|txt)$/i;
const code = /\.(sh|bash|zsh|py|js|mjs|cjs|ts|rb|pl|ps1|bat|cmd|php)$/i;

/** Reads the text of a file by its digest. */
export type TextOf = (digest: string) => string;

/** One side of a comparison. */
export interface Side {
  readonly manifest: ReleaseManifest;
  readonly text: TextOf;
}

/** What a release says, can and reaches that another did not; `lint` finds what hides in words that are new. */
export function releaseChanges(before: Side, now: Side, lint: (text: string) => readonly LintFinding[]): readonly ReleaseChange[] {
  const [was, is] = [before.manifest, now.manifest];
  const changes: ReleaseChange[] = [
    ...connectorChanges(was.plugin?.connectors ?? [], is.plugin?.connectors ?? []),
    ...definitionsOf(was.definitions, is.definitions),
    ...lists('host', 'high', was.plugin?.hosts, is.plugin?.hosts),
    ...lists('package source', 'high', was.plugin?.sources, is.plugin?.sources),
    ...lists('secret', 'high', was.plugin?.secrets, is.plugin?.secrets),
    ...lists('script', 'high', was.plugin?.scripts, is.plugin?.scripts),
    ...lists('hook', 'high', was.hooks, is.hooks),
    ...fileChanges(before, now, lint),
  ];
  // What only adds weight comes first.
  return changes.toSorted((a, b) => (a.weight === b.weight ? 0 : a.weight === 'high' ? -1 : 1)).slice(0, changesMax);
}

function lists(
  what: string,
  weight: ReleaseChange['weight'],
  was: readonly string[] = [],
  is: readonly string[] = [],
): readonly ReleaseChange[] {
  return [
    ...is.filter((one) => !was.includes(one)).map((one): ReleaseChange => ({ kind: `+${what}`, weight, says: `new ${what}: ${one}` })),
    ...was
      .filter((one) => !is.includes(one))
      .map((one): ReleaseChange => ({ kind: `-${what}`, weight: 'usual', says: `${what} gone: ${one}` })),
  ];
}

function connectorChanges(was: readonly ScannedConnector[], is: readonly ScannedConnector[]): readonly ReleaseChange[] {
  const leads = ({ url, command, transport }: ScannedConnector) => url ?? command?.join(' ') ?? transport;
  const before = new Map(was.map((one) => [one.name, one] as const));
  const now = new Map(is.map((one) => [one.name, one] as const));
  return [
    ...is.flatMap((one): ReleaseChange[] => {
      const known = before.get(one.name);
      if (!known) return [{ kind: '+connector', weight: 'high', says: `new connector ${one.name}: ${leads(one)}` }];
      if (leads(known) === leads(one)) return [];
      return [{ kind: 'connector leads elsewhere', weight: 'high', says: `${one.name} was ${leads(known)}, now ${leads(one)}` }];
    }),
    ...was
      .filter(({ name }) => !now.has(name))
      .map(({ name }): ReleaseChange => ({ kind: '-connector', weight: 'usual', says: `connector gone: ${name}` })),
  ];
}

/** Of what connectors declare; a tool gone and one come is a rename as far as anybody can tell. */
function definitionsOf(was: readonly ReleaseDefinition[], is: readonly ReleaseDefinition[]): readonly ReleaseChange[] {
  const key = ({ connector, kind, name }: ReleaseDefinition) => `${kind} ${connector}.${name}`;
  const before = new Map(was.map((one) => [key(one), one] as const));
  const now = new Map(is.map((one) => [key(one), one] as const));
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((one) => {
    const [had, has] = [before.get(one), now.get(one)];
    return had?.digest === has?.digest ? [] : definitionChanges(one, had?.body, has?.body);
  });
}

function fileChanges(before: Side, now: Side, lint: (text: string) => readonly LintFinding[]): readonly ReleaseChange[] {
  const was = new Map(before.manifest.files.map((file) => [file.path, file] as const));
  const is = new Map(now.manifest.files.map((file) => [file.path, file] as const));
  const gone = [...was.keys()].filter((path) => !is.has(path));
  return [
    ...gone.map((path): ReleaseChange => ({ kind: '-file', weight: 'usual', says: `gone: ${revealed(path)}` })),
    ...[...is].flatMap(([path, { digest }]): readonly ReleaseChange[] => {
      const known = was.get(path);
      if (known?.digest === digest) return [];
      const shown = revealed(path);
      const head: ReleaseChange = known
        ? { kind: 'changed file', weight: code.test(path) ? 'high' : 'usual', says: `changed: ${shown}` }
        : { kind: '+file', weight: code.test(path) ? 'high' : 'usual', says: `new file: ${shown}` };
      if (!prose.test(path)) return [head];
      return [head, ...proseChanges(shown, known ? before.text(known.digest) : '', now.text(digest), lint)];
    }),
  ];
}

function proseChanges(shown: string, was: string, is: string, lint: (text: string) => readonly LintFinding[]): readonly ReleaseChange[] {
  const known = new Set(lint(was).map(({ rule, excerpt }) => `${rule} ${excerpt}`));
  const hidden = lint(is).filter(({ rule, excerpt }) => rule.startsWith('hidden-') && !known.has(`${rule} ${excerpt}`));
  return [
    ...hidden.map(
      ({ says, excerpt }): ReleaseChange => ({ kind: 'hidden characters', weight: 'high', says: `${shown} ${says}: ${excerpt}` }),
    ),
    ...newSentences(was, is)
      .filter(({ orders, destructive }) => orders || destructive)
      .slice(0, 50)
      .map(
        ({ text, destructive }): ReleaseChange => ({
          kind: destructive ? 'new destructive order' : 'new order',
          // Skills are orders; one more of them alone is nothing unusual.
          weight: destructive ? 'high' : 'usual',
          says: `${shown} now says: ${text}`,
        }),
      ),
  ];
}
