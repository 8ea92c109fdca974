import { resolve } from 'node:path';
import { id as idWord, version as versionWord } from '@trapkey/contract/policy/words.ts';
import { UserError } from '../../kernel/errors.ts';
import type { Finding } from '../../kernel/inventory.ts';
import type { ReleaseName } from '../../kernel/release-standing.ts';
import type { ReleaseDetail, Releases } from '../../kernel/releases.ts';
import { revealed } from '../../kernel/revealed.ts';
import { digestOf, readReleaseFiles } from './files.ts';
import { keep } from './keep.ts';
import { connectorManifest, definitionsOf, findingsIn, pluginManifest } from './manifest.ts';
import type { ReleaseParts } from './parts.ts';
import { openLocal } from './unpack.ts';

/** Keeps a plugin, as a folder, an archive or a repository holds it, as a proposed release. */
export async function proposePlugin(
  parts: ReleaseParts,
  { source, owner, by, privateNetwork }: Parameters<Releases['propose']>[0],
): Promise<ReleaseDetail> {
  const opened = (await openLocal(source)) ?? (await parts.sources.fetch(source, { privateNetwork }));
  if (!opened) throw new UserError(`There is no folder, archive or repository ${revealed(source.slice(0, 200))}. Nothing was proposed.`);
  try {
    const read = await readReleaseFiles(opened.folder);
    const folder = resolve(opened.folder);
    const scanned = await parts.sources.scan(folder);
    const report = JSON.parse(JSON.stringify(scanned).replaceAll(`${folder}/`, '').replaceAll(folder, '.')) as typeof scanned;
    const [plugin, second] = report.plugins.filter(({ kind }) => kind === 'plugin' || kind === 'bundle');
    if (!plugin || second)
      throw new UserError(
        second
          ? 'It holds several plugins. Nothing was proposed.'
          : 'It holds no plugin: there is neither .claude-plugin/plugin.json nor a skill. Nothing was proposed.',
        second ? 'Propose the folder of each by itself.' : 'Name the folder that holds .claude-plugin.',
      );
    checkReadable(report.findings);
    const release: ReleaseName = { kind: 'plugin', id: plugin.name, version: plugin.version ?? '' };
    checkName(release);
    const definitions = await definitionsOfPlugin(parts, plugin.name);
    const more = [...(await lookAlikes(parts, plugin.name)), ...findingsIn(definitions, parts.sources.lint.definition)];
    const manifest = pluginManifest(read, { plugin, report }, definitions, more);
    return await keep(parts, { release, source, digest: read.digest, manifest, bytes: read.bytes, owner, by });
  } finally {
    await opened.remove();
  }
}

/** Keeps what a connector's connection declares now as a proposed release; its versions are counted. */
export async function proposeConnector(
  parts: ReleaseParts,
  { connector: id, owner, by }: Parameters<Releases['proposeConnector']>[0],
): Promise<ReleaseDetail> {
  const connector = parts.policy().connectors.get(id);
  if (!connector) throw new UserError(`The policy has no connector ${id.slice(0, 100)}. Nothing was proposed.`);
  const definitions = definitionsOf(id, await parts.pins.of(connector.connection));
  if (definitions.length === 0)
    throw new UserError(
      `Nobody has looked at what ${id} declares yet. Nothing was proposed.`,
      'Start `trapkey up`: it looks at every connection.',
    );
  const digest = digestOf(definitions.map(({ kind, name, digest: one }) => ({ path: `${kind} ${name}`, digest: one, bytes: 0 })));
  const known = await parts.reader.of('connector', id);
  const same = known.find((row) => row.source_digest === digest);
  if (same) return await parts.detail({ kind: 'connector', id, version: same.version });
  const version = String(Math.max(0, ...known.map((row) => Number(row.version))) + 1);
  const manifest = connectorManifest(definitions, connector, findingsIn(definitions, parts.sources.lint.definition));
  const release: ReleaseName = { kind: 'connector', id, version };
  return await keep(parts, {
    ...{ release, digest, manifest, by },
    source: `connection ${connector.connection}`,
    bytes: new Map(),
    owner: owner ?? connector.owner,
  });
}

/** What a plugin says of itself in a file that cannot be read, nobody can review. */
function checkReadable(findings: readonly Finding[]): void {
  const broken = findings.find(({ rule }) => rule === 'invalid_json');
  if (broken)
    throw new UserError(
      `${revealed(broken.file ?? 'A file')} ${broken.says}. Nothing was proposed.`,
      'Mend the file, then propose it again.',
    );
}

function checkName({ id, version }: ReleaseName): void {
  if (!idWord.safeParse(id).success)
    throw new UserError(
      `The plugin is called ${revealed(id)}, which is no name here: small letters, digits, - and _. Nothing was proposed.`,
    );
  if (!versionWord.safeParse(version).success)
    throw new UserError(
      `Plugin ${id} has ${version === '' ? 'no version' : `the version ${revealed(version)}`}. Nothing was proposed.`,
      'Write one into plugin.json, for example "version": "1.0.0".',
    );
}

async function definitionsOfPlugin({ policy, pins }: ReleaseParts, id: string) {
  const { plugins, connectors } = policy();
  const rules = (plugins.get(id)?.connectors ?? []).flatMap((one) => connectors.get(one) ?? []);
  const rows = await Promise.all(rules.map(async (one) => definitionsOf(one.id, await pins.of(one.connection))));
  return rows.flat();
}

/** A name that people take for one that is here already. */
async function lookAlikes({ reader, policy, sources }: ReleaseParts, id: string): Promise<readonly Finding[]> {
  const known = [...policy().plugins.keys(), ...(await reader.subjects()).filter(({ kind }) => kind === 'plugin').map((one) => one.id)];
  const found = [...new Set(known)].filter((one) => one !== id).flatMap((one) => sources.lookAlikes([one, id]));
  return [...new Map(found.filter(({ plugin }) => plugin === id).map((one) => [one.says, one] as const)).values()];
}
