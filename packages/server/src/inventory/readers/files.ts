import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Finding } from '../../kernel/inventory.ts';
import { revealed } from '../../kernel/revealed.ts';

const fileBytesMax = 4 * 1024 * 1024;
const entriesMax = 20_000;
const depthMax = 12;
const skipped = new Set(['node_modules', '.git', '__pycache__', '.venv', 'venv']);

/** Where readers put what they noticed. */
export type Notice = (finding: Finding) => void;

/** A folder that is read without leaving it: links to the outside are told of, not followed. */
export interface Folder {
  readonly root: string;
  /** How findings name a file of it. */
  shown(path: string): string;
  /** The text of a file, or undefined when there is none or it may not be read. */
  text(path: string): Promise<string | undefined>;
  /** Every file below a folder, relative to the root, in a stable order. */
  files(below: string, deepest?: number): Promise<readonly string[]>;
  /** The same folder further down, unless it leads outside. */
  inside(path: string): Promise<Folder | undefined>;
  exists(path: string): Promise<boolean>;
}

/** Opens a folder for reading. `label` stands for it in what is shown. */
export async function openFolder(path: string, label: string, notice: Notice): Promise<Folder> {
  return folderAt(await realpath(path), label, notice);
}

function folderAt(root: string, label: string, notice: Notice): Folder {
  const shown = (path: string) =>
    revealed(path === '' || path === '.' ? label : `${label}/${path}`.replaceAll('\\', '/').replace(/^\.\//, ''));
  const tell = (rule: string, severity: Finding['severity'], path: string, says: string) =>
    notice({ rule, severity, says, file: shown(path) });
  const within = (real: string) => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);

  /** Plain files that a walk below the root met: their place is known to be inside. */
  const met = new Set<string>();

  async function real(path: string): Promise<string | undefined> {
    const wanted = resolve(root, path);
    if (!within(wanted)) {
      tell('leads_outside', 'high', '', `names ${revealed(path.slice(0, 200))}, which lies outside of its folder; it was not read`);
      return undefined;
    }
    if (met.has(wanted)) return wanted;
    const found = await realpath(wanted).catch(() => undefined);
    if (found === undefined) return undefined;
    if (within(found)) return found;
    tell('leads_outside', 'high', path, 'is a link that leads outside of its folder; it was not followed');
    return undefined;
  }

  async function files(below: string, deepest = depthMax): Promise<readonly string[]> {
    const start = await real(below);
    if (start === undefined) return [];
    const found: string[] = [];
    let seen = 0;
    const walk = async (folder: string, depth: number): Promise<void> => {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        if (++seen > entriesMax) return;
        const path = join(folder, entry.name);
        if (entry.isDirectory() && depth < deepest && !skipped.has(entry.name)) await walk(path, depth + 1);
        else if (entry.isFile()) {
          met.add(path);
          found.push(relative(root, path));
        } else if (entry.isSymbolicLink() && (await linked(path))) found.push(relative(root, path));
      }
    };
    await walk(start, 0);
    if (seen > entriesMax) tell('too_many_files', 'medium', below, `has more than ${entriesMax} files; the rest was not read`);
    return found;
  }

  /** A link to a file inside is read like the file; links to folders are not walked, so that none goes in circles. */
  async function linked(path: string): Promise<boolean> {
    const found = await real(relative(root, path));
    return found !== undefined && (await stat(found).catch(() => undefined))?.isFile() === true;
  }

  return {
    root,
    shown,
    text: async (path) => readText(await real(path), (says) => tell('too_large', 'medium', path, says)),
    files,
    exists: async (path) => (await stat(resolve(root, path)).catch(() => undefined)) !== undefined,
    async inside(path) {
      const found = await real(path);
      if (found === undefined || !(await stat(found).catch(() => undefined))?.isDirectory()) return undefined;
      return folderAt(found, shown(relative(root, found)), notice);
    },
  };
}

/** Not blocking: a pipe in a folder must not hold up the scan. */
async function readText(path: string | undefined, tooLarge: (says: string) => void): Promise<string | undefined> {
  const handle = path === undefined ? undefined : await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const about = await handle.stat();
    if (!about.isFile()) return undefined;
    if (about.size <= fileBytesMax) return await handle.readFile('utf8');
    tooLarge(`has ${Math.round(about.size / 1_048_576)} MB; files over ${fileBytesMax / 1_048_576} MB are not read`);
    return undefined;
  } finally {
    await handle.close();
  }
}
