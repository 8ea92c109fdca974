import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Config } from './config.ts';
import { readConnectors } from './inventory/readers/connectors.ts';
import { keptFolder, replaceFile } from './inventory/wrap/kept.ts';
import type { AskTools } from './inventory/wrap/plan.ts';
import { UserError } from './kernel/errors.ts';
import type { Issued } from './kernel/tokens.ts';
import type { WrapChoice } from './kernel/wrapped.ts';
import { loadFolder } from './policy/folder.ts';
import { problemsInWords } from './policy/problems.ts';
import { liveLister } from './wire-scan.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const documentFile = /\.(ya?ml|json)$/i;

/** What stands in the client's file in the place of a server; without tokens, as it is shown beforehand. */
export function gatewayed(
  config: Config,
  { form, command: [program = 'trapkey', ...before] }: WrapChoice,
  plugin: string,
  file: string,
  connector: string,
  real?: { readonly url: string; readonly issued: readonly Issued[] },
): JsonObject {
  if (form === 'http') {
    const { audience = `/p/${plugin}/1.0.0/${connector}`, token = '…' } = real?.issued.find((one) => one.connector === connector) ?? {};
    const url = real?.url ?? config.publicUrl ?? `http://${config.host}:${config.port}`;
    return { type: 'http', url: `${url}${audience}`, headers: { Authorization: `Bearer ${token}` } };
  }
  const where = ['--data', config.data, '--policy', config.policyFolder];
  return {
    command: program,
    args: [...before, ...where, 'stdio', plugin, connector, '--token-file', tokenFile(config.data, file, connector)],
  };
}

function tokenFile(data: string, file: string, connector: string): string {
  return join(keptFolder(data, file), `${connector}.token`);
}

/** Each token in a file that only its owner can read. */
export async function keepTokens(data: string, file: string, issued: readonly Issued[]): Promise<void> {
  for (const { connector, token } of issued) await replaceFile(tokenFile(data, file, connector), `${token}\n`);
}

/** Whether a policy folder holds no document yet. */
export async function isEmpty(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return !names.some((name) => documentFile.test(name));
}

/** Ids that the policy of a folder uses. Throws in words where it does not check. */
export async function idsOf(folder: string, env: Environment): Promise<ReadonlySet<string>> {
  const loaded = await loadFolder(folder, env);
  if (!loaded.ok)
    throw new UserError(`The policy in ${folder} does not check, so nothing was changed.\n${problemsInWords(loaded.problems)}`);
  const { connectors, connections, plugins } = loaded.set;
  return new Set([...connectors.keys(), ...connections.keys(), ...plugins.keys()]);
}

/** Asks servers for their tools, where the person wants them started. */
export function asking({ live, privateNetwork }: WrapChoice, env: Environment): AskTools {
  const reaching = { local: liveLister(env, true), other: liveLister(env, privateNetwork) };
  return async (entry) => {
    const [read] = live ? readConnectors({ server: entry }, '', '', () => {}) : [];
    const local = /^https?:\/\/(localhost|127\.|\[::1\])/.test(read?.launch.url ?? '');
    return read && (await reaching[local ? 'local' : 'other'](read.launch, AbortSignal.timeout(15_000)).catch(() => undefined))?.tools;
  };
}
