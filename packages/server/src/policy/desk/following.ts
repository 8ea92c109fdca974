import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment, PolicyFiles } from '../compile/set.ts';
import { loadFolder } from '../folder.ts';

/**
 * Writes what was published into the folder that is watched, where that held exactly what ran before: else the folder would
 * propose to go back. Says what it did; a folder that cannot be written, or holds something else, is left as it is.
 */
export async function followInFolder(
  parts: { readonly folder: string; readonly env: Environment },
  before: string | undefined,
  files: PolicyFiles,
): Promise<string> {
  const { folder, env } = parts;
  const held = await loadFolder(folder, env);
  if (!held.ok || held.set.digest !== before) return 'The policy folder holds something else, so it was left as it is.';
  try {
    for (const [name, text] of Object.entries(files)) {
      if (held.files[name] === text) continue;
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new~`, text, { mode: 0o600 });
      await rename(`${path}.new~`, path);
    }
    for (const name of Object.keys(held.files)) if (files[name] === undefined) await rm(join(folder, name), { force: true });
    return 'The policy folder was brought in line.';
  } catch (error) {
    return `The policy folder could not be written (${error instanceof Error ? error.message : String(error)}): bring it in line by hand, or it will propose to go back.`;
  }
}
