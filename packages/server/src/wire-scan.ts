import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UpstreamAddress } from '@trapkey/contract/upstream.ts';
import { builtinConnectors } from './builtin.ts';
import { scan } from './inventory/read.ts';
import { managedFolders } from './inventory/readers/machine.ts';
import { scanSarif } from './inventory/report/sarif.ts';
import { newSince } from './inventory/report/since.ts';
import { scanText } from './inventory/report/text.ts';
import type { Launch, ListLive, ScanOptions } from './kernel/scan.ts';
import { version } from './version.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const limits = { callTimeoutMs: 15_000, startTimeoutMs: 15_000, resultBytesMax: 4 * 1024 * 1024, concurrentMax: 1 };

/** The scan of this machine, and how its report is written. No database, no policy. */
export function scanDoor(env: Environment) {
  const machine = machineOf(env, managedFolders(process.platform));
  return {
    scan: (options: ScanOptions) => scan({ machine, listLive: liveLister(env, options.privateNetwork) }, options),
    text: scanText,
    sarif: scanSarif,
    since: newSince,
  };
}

/** This machine, as the environment of the command names it. */
export function machineOf(env: Environment, managed: readonly string[]) {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  return { home, working: process.cwd(), platform: process.platform, appData: env['APPDATA'], managed };
}

/** Opens a connector like the gateway does, lists what it offers, and closes it again. */
export function liveLister(env: Environment, privateNetwork: boolean): ListLive {
  return async (launch, signal) => {
    const home = await mkdtemp(join(tmpdir(), 'trapkey-live-'));
    try {
      const address = addressOf(launch, env, home, privateNetwork);
      const kind = builtinConnectors.find(({ kinds }) => kinds.includes(address.kind));
      if (!kind) throw new Error(`nothing here opens ${address.kind}`);
      const upstream = kind.open(address, limits, { sampling: false, clientName: 'trapkey-scan', clientVersion: version });
      try {
        return await upstream.definitions(signal);
      } finally {
        await upstream.close();
      }
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  };
}

function addressOf({ url, headers, command, env: own }: Launch, env: Environment, home: string, privateNetwork: boolean): UpstreamAddress {
  const filled = (text: string) =>
    text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, otherwise?: string) => env[name] ?? otherwise ?? '');
  const values = (of: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(of).map(([key, value]) => [key, filled(value)]));
  const [program, ...words] = (command ?? []).map(filled);
  if (program !== undefined) return { kind: 'stdio', command: [program, ...words], env: { PATH: env['PATH'] ?? '', ...values(own) }, home };
  if (url === undefined) throw new Error('there is no address');
  return { kind: 'http', url: filled(url), headers: values(headers), privateNetwork };
}
