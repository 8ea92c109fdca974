import type { JsonObject } from '@trapkey/contract/json.ts';
import { parse } from 'jsonc-parser';
import type { Finding, LintedDefinition } from '../../kernel/inventory.ts';
import type { DefinitionLint } from '../../kernel/release-sources.ts';
import type { ReleaseDefinition, ReleaseManifest } from '../../kernel/releases.ts';
import { revealed } from '../../kernel/revealed.ts';
import type { ConnectorRules } from '../../kernel/rules.ts';
import { type Capability, type CapabilitySources, capabilities, type ScannedPlugin, type ScanReport } from '../../kernel/scan.ts';
import { gone, type Row } from '../row.ts';
import type { ReadFiles } from './files.ts';

const findingsMax = 1_000;
const hooksMax = 500;
const bodyCharactersMax = 4_000_000;

/** What a plugin's release is made of. */
export function pluginManifest(
  { files, bytes }: ReadFiles,
  { plugin, report }: { readonly plugin: ScannedPlugin; readonly report: ScanReport },
  definitions: readonly ReleaseDefinition[],
  more: readonly Finding[],
): ReleaseManifest {
  const textOf = (path: string) => {
    const file = files.find((one) => one.path === path);
    return file && Buffer.from(bytes.get(file.digest) ?? '').toString('utf8');
  };
  const findings = [...report.findings, ...more].slice(0, findingsMax);
  return {
    format: 'trapkey-release/1',
    files,
    definitions,
    plugin,
    can: plugin.can,
    hooks: hooksOf(textOf),
    findings,
    paths: report.paths,
  };
}

/** What a connector's release is made of: its definitions as they are declared now, and what policy lets each do. */
export function connectorManifest(
  definitions: readonly ReleaseDefinition[],
  connector: ConnectorRules,
  findings: readonly Finding[],
): ReleaseManifest {
  const can = Object.fromEntries(capabilities.map((one) => [one, { yes: [] as string[], unknown: [] as string[] }])) as Record<
    Capability,
    { yes: string[]; unknown: string[] }
  >;
  for (const { kind, name } of definitions) {
    const rules = kind === 'tool' ? connector.tools.get(name) : undefined;
    if (rules) can[does[rules.effect]].yes.push(revealed(name));
  }
  if (definitions.some(({ kind }) => kind !== 'server')) can.untrusted.unknown.push('what it answers');
  const sources = can as Readonly<Record<Capability, CapabilitySources>>;
  return { format: 'trapkey-release/1', files: [], definitions, plugin: undefined, can: sources, hooks: [], findings, paths: [] };
}

const does = {
  read: 'reads',
  draft: 'changes',
  write: 'changes',
  delete: 'destroys',
  send: 'contacts',
  pay: 'contacts',
  execute: 'runs_code',
} as const;

/** Definitions as the connection declares them now: what waits for review in place of what was reviewed. */
export function definitionsOf(connector: string, rows: readonly Row[]): readonly ReleaseDefinition[] {
  let left = bodyCharactersMax;
  return rows.flatMap((row): readonly ReleaseDefinition[] => {
    if (row.changed_digest === gone) return [];
    const [digest, body] = row.changed_digest === null ? [row.digest, row.body] : [row.changed_digest, row.changed_body ?? ''];
    left -= body.length;
    return left < 0 ? [] : [{ connector, kind: row.kind, name: row.name, digest, body }];
  });
}

/** Findings in definitions, as a checklist names them. */
export function findingsIn(definitions: readonly ReleaseDefinition[], lint: DefinitionLint['definition']): readonly Finding[] {
  const owners = new Map(definitions.filter(({ kind }) => kind === 'tool').map(({ name, connector }) => [name, connector] as const));
  return definitions.flatMap(({ connector, kind, name, body }) =>
    lint(kind, JSON.parse(body) as LintedDefinition, connector, owners).map(
      ({ rule, severity, says }): Finding => ({ rule, severity, says: `${kind} ${revealed(name.slice(0, 100))} of ${connector} ${says}` }),
    ),
  );
}

/** Handlers of hooks, one line each: at which event, and what runs. */
function hooksOf(textOf: (path: string) => string | undefined): readonly string[] {
  const manifest = objectOf(parse(textOf('.claude-plugin/plugin.json') ?? '{}'));
  const named = manifest['hooks'];
  const paths = ['hooks/hooks.json', ...(typeof named === 'string' ? [named] : [])].map((path) => path.replace(/^\.\//, ''));
  const configs = [objectOf(named), ...new Set(paths)].map((one) => (typeof one === 'string' ? objectOf(parse(textOf(one) ?? '{}')) : one));
  const found = configs.flatMap((config) => {
    const events = config['hooks'] === undefined ? config : objectOf(config['hooks']);
    return Object.entries(events).flatMap(([event, matchers]) =>
      list(matchers)
        .flatMap((matcher) => list(objectOf(matcher)['hooks']))
        .map((handler) => {
          const { command, url, type } = objectOf(handler);
          return revealed(`${event}: ${command ?? url ?? type ?? 'something'}`).slice(0, 300);
        }),
    );
  });
  return [...new Set(found)].slice(0, hooksMax);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, hooksMax) : [];
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
