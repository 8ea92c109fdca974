import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../kernel/errors.ts';
import { barredAddress } from './addresses.ts';

const run = promisify(execFile);
const cloneTimeoutMs = 120_000;

/** The address of a repository as people write it, or undefined when it is none. */
export function repositoryUrl(target: string): string | undefined {
  const short = /^github:([\w.-]+\/[\w.-]+)$/.exec(target);
  if (short) return `https://github.com/${short[1]}.git`;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(target) || /^[\w.-]+@[\w.-]+:/.test(target) ? target : undefined;
}

/** Fetches the newest commit of a repository into a folder of its own; nothing of it runs. Throws in words. */
export async function cloneRepository(
  target: string,
  rules: { readonly privateNetwork: boolean },
): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const { url, host, port } = allowedUrl(target, rules.privateNetwork);
  const literal = isIP(host) !== 0;
  const addresses = literal ? [host] : (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address);
  const [first] = addresses;
  if (first === undefined) throw new UserError(`${host} was not found, so nothing was fetched.`);
  for (const address of addresses) {
    const why = barredAddress(address, rules.privateNetwork);
    if (why !== undefined) throw new UserError(`Nothing was fetched from ${host}: ${why}.`, 'If it is meant, add --allow-private.');
  }
  const folder = await mkdtemp(join(tmpdir(), 'trapkey-scan-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  // The address that was checked is the one that is used: a second answer of DNS cannot differ.
  const pin = literal ? [] : ['-c', `http.curloptResolve=${host}:${port}:${first}`];
  const settings = [
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.symlinks=false',
    'protocol.allow=never',
    `protocol.${new URL(url).protocol.slice(0, -1)}.allow=always`,
    'http.followRedirects=false',
    'credential.helper=',
    'filter.lfs.smudge=',
    'filter.lfs.required=false',
  ];
  const words = [
    ...pin,
    ...settings.flatMap((setting) => ['-c', setting]),
    'clone',
    '--quiet',
    '--depth=1',
    '--single-branch',
    '--no-tags',
    '--no-recurse-submodules',
    '--template=',
    '--',
    url,
    join(folder, 'repository'),
  ];
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_LFS_SKIP_SMUDGE: '1',
  };
  try {
    await run('git', words, { env, timeout: cloneTimeoutMs, killSignal: 'SIGKILL', maxBuffer: 1024 * 1024 });
    return { folder: join(folder, 'repository'), remove };
  } catch (error) {
    await remove();
    const said =
      String((error as { readonly stderr?: string }).stderr ?? '')
        .trim()
        .split('\n')
        .at(-1) ?? '';
    throw new UserError(
      `The repository could not be fetched from ${host}${said === '' ? '' : `: ${said.slice(0, 200)}`}.`,
      'Is git installed, and the address right? A folder on this machine can be scanned without it.',
    );
  }
}

function allowedUrl(target: string, privateNetwork: boolean): { readonly url: string; readonly host: string; readonly port: string } {
  const parsed = URL.canParse(target) ? new URL(target) : undefined;
  const open = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && privateNetwork);
  if (!parsed || !open)
    throw new UserError(
      'Repositories are fetched over https only; nothing was fetched.',
      'Clone it yourself and name the folder: trapkey scan ./folder',
    );
  if (parsed.username !== '' || parsed.password !== '')
    throw new UserError(
      'The address carries credentials; nothing was fetched.',
      'Clone it yourself and name the folder: trapkey scan ./folder',
    );
  return {
    url: parsed.href,
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port || (parsed.protocol === 'https:' ? '443' : '80'),
  };
}
