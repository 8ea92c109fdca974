import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Alarm } from './kernel/alerts.ts';
import { UserError } from './kernel/errors.ts';
import { signInPath } from './kernel/upstream-credentials.ts';

/** Where people look at a ticket, and ask for access. */
export function linksOf(url: () => string) {
  return {
    ticket: (id: string) => `${url()}/t/${id}`,
    batch: (id: string) => `${url()}/b/${id}`,
    ask: ({ rule }: { readonly rule: string }) => `${url()}${signInPath(rule) ?? `/ask?rule=${encodeURIComponent(rule)}`}`,
  };
}

/** Writes down where clients reach the gateway, for commands on this machine; gives how to take it back. */
export async function advertise(config: Config, url: string, alarm: Alarm): Promise<() => Promise<void>> {
  const hidden = config.publicUrl === undefined && !['127.0.0.1', 'localhost', '::1'].includes(config.host);
  if (hidden) alarm(`Clients are told ${url}; set --public-url to the https address under which they really reach it.`, 'no alert');
  const urlFile = join(config.data, 'url');
  await writeFile(urlFile, url, { mode: 0o600 });
  return () => rm(urlFile, { force: true });
}

/** Under which names of hosts clients may ask. */
export function hostsOf(config: Config): readonly string[] {
  const own = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).hostname];
  return [...own, ...config.allowedHosts];
}

/** Why the door could not be opened, in words. */
export function cannotListen(error: unknown, { host, port }: Config): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE')
    throw new UserError(
      `Port ${port} of ${host} is in use, so nothing was started.`,
      'Choose another with --port (0 for any free one), or stop what uses it.',
    );
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    throw new UserError(
      `Port ${port} of ${host} cannot be listened on (${code}), so nothing was started.`,
      'Choose others with --host and --port.',
    );
  throw error;
}
