import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { short } from './quantiles.ts';

const dist = join(import.meta.dirname, '../packages/console/dist');

/** The built console in kB as it is sent, compressed: what the first screen loads, and all of it. */
export async function bundleSize(): Promise<{ readonly bundle_kb_gzip: number; readonly bundle_whole_kb_gzip: number }> {
  const page = await readFile(join(dist, 'index.html'), 'utf8');
  const first = [...page.matchAll(/\/assets\/([^"]+\.(?:js|css))"/g)].map(([, name]) => `${name}.gz`);
  const all = (await readdir(join(dist, 'assets'))).filter((name) => /\.(js|css)\.gz$/.test(name));
  return { bundle_kb_gzip: await kb(first), bundle_whole_kb_gzip: await kb(all) };
}

async function kb(names: readonly string[]): Promise<number> {
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(dist, 'assets', name))).size));
  return short(sizes.reduce((sum, size) => sum + size, 0) / 1_000);
}
