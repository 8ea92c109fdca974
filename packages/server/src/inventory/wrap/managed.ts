import { basename, sep } from 'node:path';

/** Why a file is not ours to rewrite; undefined when it is the person's own. */
export function managedBy(path: string, managed: readonly string[]): string | undefined {
  const folder = managed.find((one) => path === one || path.startsWith(one.endsWith(sep) ? one : one + sep));
  if (folder !== undefined || /^managed-(settings|mcp)\.json$/.test(basename(path)))
    return 'is managed by your organization; whoever keeps it can bring the gateway into it with `trapkey settings managed`';
  if (path.includes(`${sep}.claude${sep}plugins${sep}`))
    return 'belongs to an installed plugin, and its next update would bring it back; plugins come through the governed marketplace';
  return undefined;
}
