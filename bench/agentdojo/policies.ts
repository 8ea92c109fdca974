import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policyOfTools } from '../../packages/server/src/inventory/init/policy-of-tools.ts';
import { definitionsOf, type Suite } from './suites.ts';

/** Whose account the suites are. */
const owner = 'emma.johnson@bluesparrowtech.com';

/** What both policies say of the organization besides what init writes: which effects run when everything is known, whether prompts count. */
const spoken = (prompts: boolean) => `known_runs: [write, delete, send, pay, execute]\n${prompts ? 'prompts: claimed\n' : ''}`;
/** Thousands of runs in a minute are no day of work. */
const withoutLimits = (text: string) => text.replace(/^limits:.*$/m, '');

/** The policy that init writes from the tool definitions alone. */
export function generatedPolicy(name: string, suite: Suite, url: string, prompts: boolean): Readonly<Record<string, string>> {
  const { files } = policyOfTools({
    organization: 'corp',
    owner,
    plugin: 'desk',
    servers: [{ name, upstream: { url }, connection: { network: 'private', sharing: 'all' }, tools: definitionsOf(suite) }],
  });
  const organization = files['organization.yaml'] ?? '';
  return { ...files, 'organization.yaml': withoutLimits(organization).replace(/^solo: true$/m, `solo: true\n${spoken(prompts)}`) };
}

/** The owner's policy of one suite: its connectors and lists from the folder; undefined where the folder has none. */
export async function ownersPolicy(
  folder: string,
  name: string,
  url: string,
  prompts: boolean,
): Promise<Readonly<Record<string, string>> | undefined> {
  const files = await readdir(folder).catch((): string[] => []);
  const own = files.includes(`${name}.yaml`) ? await readFile(join(folder, `${name}.yaml`), 'utf8') : undefined;
  if (own === undefined) return undefined;
  const common = files.includes('organization.yaml') ? await readFile(join(folder, 'organization.yaml'), 'utf8') : '';
  return {
    'organization.yaml': `${common.replace(/^prompts:.*$/m, '')}`.replace(
      /^(organization:.*)$/m,
      `$1\n${prompts ? 'prompts: claimed' : ''}`,
    ),
    'suite.yaml': `connection: ${name}\nowner: ${owner}\nupstream: { url: "${url}" }\nnetwork: private\nsharing: all\n---\n${own}`,
  };
}
