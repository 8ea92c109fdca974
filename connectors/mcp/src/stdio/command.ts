import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** What is really spawned. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: string | Readonly<Record<string, string>>;
}

/** PATH of a spawned server: the runtime and the system's own, nothing of the user's. */
export function minimalPath(): string {
  return [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
}

function split(spec: string): { readonly name: string; readonly version: string | undefined } {
  const at = spec.lastIndexOf('@');
  return at > 0 ? { name: spec.slice(0, at), version: spec.slice(at + 1) } : { name: spec, version: undefined };
}

/** The package in a `node_modules` above any of these folders. */
function installed(name: string, from: readonly string[]): { readonly folder: string; readonly manifest: Manifest } | undefined {
  for (const start of from) {
    for (let folder = start; ; folder = dirname(folder)) {
      const found = join(folder, 'node_modules', name);
      if (existsSync(join(found, 'package.json'))) {
        return { folder: found, manifest: JSON.parse(readFileSync(join(found, 'package.json'), 'utf8')) as Manifest };
      }
      if (dirname(folder) === folder) break;
    }
  }
  return undefined;
}

function binOf({ name, bin }: Manifest): string | undefined {
  if (typeof bin === 'string' || bin === undefined) return bin;
  return bin[name.split('/').at(-1) ?? ''] ?? Object.values(bin)[0];
}

/**
 * `npx -y package@version …` runs the package that is installed already, in this version, with this very runtime:
 * no registry is asked, and no other Node is found on the PATH. Everything else is spawned as it is written.
 */
export function programOf(command: readonly [string, ...string[]], from: readonly string[]): Program {
  const [file, ...args] = command;
  if (file !== 'npx') return { file: file === 'node' ? process.execPath : file, args };
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  const spec = at < 0 ? undefined : split(args[at] as string);
  if (!spec || !args.slice(0, at).every((arg) => arg === '-y' || arg === '--yes')) return { file, args };
  const found = installed(spec.name, from);
  const bin = found && (spec.version === undefined || found.manifest.version === spec.version) ? binOf(found.manifest) : undefined;
  if (!found || bin === undefined) return { file, args };
  return { file: process.execPath, args: [join(found.folder, bin), ...args.slice(at + 1)] };
}
