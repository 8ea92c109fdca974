import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { gatherServers } from './inventory/init/gather.ts';
import { policyOfTools } from './inventory/init/policy-of-tools.ts';
import { managedFolders } from './inventory/readers/machine.ts';
import { replaceFile } from './inventory/wrap/kept.ts';
import { putVariables } from './inventory/wrap/variables.ts';
import { UserError } from './kernel/errors.ts';
import type { ScanOptions } from './kernel/scan.ts';
import { loadFolder } from './policy/folder.ts';
import { problemsInWords } from './policy/problems.ts';
import { liveLister, machineOf } from './wire-scan.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a starter policy is written for. */
export interface InitChoice extends Pick<ScanOptions, 'targets' | 'live' | 'privateNetwork'> {
  readonly person: string;
  readonly plugin: string;
}

/** Writes a starter policy from a scan into the policy folder, which must hold none yet. */
export async function initPolicy({ policyFolder, data }: Config, env: Environment, choice: InitChoice) {
  const names = await readdir(policyFolder).catch(() => []);
  if (names.some((name) => /\.(ya?ml|json)$/i.test(name)))
    throw new UserError(`${policyFolder} holds a policy already, so nothing was written.`, 'Name another folder with --policy.');
  const machine = machineOf(env, managedFolders(process.platform));
  const gathered = await gatherServers({ machine, listLive: liveLister(env, choice.privateNetwork) }, choice);
  if (gathered.servers.length === 0)
    throw new UserError(
      'No server was found that a policy could be written for, so nothing was written.',
      'Name a .mcp.json, plugin folder or repository: trapkey init ./my-plugin',
    );
  const organization = /@([a-z0-9-]+)/i.exec(choice.person)?.[1] ?? 'home';
  const { files } = policyOfTools({ organization, owner: choice.person, plugin: choice.plugin, servers: gathered.servers });
  await putVariables(data, gathered.variables);
  for (const [name, text] of Object.entries(files)) await replaceFile(join(policyFolder, name), text, 0o644);
  const loaded = await loadFolder(policyFolder, { ...env, ...gathered.variables });
  if (!loaded.ok) {
    for (const name of Object.keys(files)) await rm(join(policyFolder, name), { force: true });
    throw new UserError(`What was written would not check, so it was taken back.\n${problemsInWords(loaded.problems)}`);
  }
  const connectors = [...loaded.set.connectors.values()].map(({ id, tools }) => ({ id, tools: tools.size }));
  const silent = gathered.servers.filter(({ tools }) => tools.length === 0).map(({ name }) => name);
  return { folder: policyFolder, files: Object.keys(files).toSorted(), connectors, silent, left: gathered.left };
}
export type InitReport = Awaited<ReturnType<typeof initPolicy>>;
