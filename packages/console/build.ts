/** Builds the console into `dist/` unless what is there was made of the same sources. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

// A test run sets it to something else, and React would come as it is for its developers.
process.env['NODE_ENV'] = 'production';
const here = import.meta.dirname;
const root = join(here, '../..');
const [dist, made] = [join(here, 'dist'), join(here, `dist.${process.pid}`)];

const sources = sourcesDigest();
const stamp = join(dist, '.sources');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources) {
  const startedMs = performance.now();
  console.log('Building the console …');
  try {
    await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn', build: { outDir: made, emptyOutDir: true } });
    writeFileSync(join(made, '.sources'), sources);
    replace();
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  console.log(`The console is built (${((performance.now() - startedMs) / 1000).toFixed(1)} s).`);
}

/** Whole or not at all: another process may be serving what was there, or building the same. */
function replace(tries = 5): void {
  const old = join(here, `dist.${process.pid}.old`);
  try {
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(made, dist);
  } catch (error) {
    if (tries === 0) throw error;
    replace(tries - 1);
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

/** Digest of everything that the build reads of this house, and of the versions of what it reads of others. */
function sourcesDigest(): string {
  const hash = createHash('sha256');
  const inputs = ['packages/console', 'packages/contract/src', 'package-lock.json'].flatMap((name) => filesUnder(name));
  for (const file of inputs.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function filesUnder(name: string): readonly string[] {
  if (statSync(join(root, name)).isFile()) return [name];
  return readdirSync(join(root, name), { withFileTypes: true }).flatMap((entry) => {
    if (/^(?:dist.*|node_modules)$/.test(entry.name) || /\.test\.tsx?$/.test(entry.name)) return [];
    return filesUnder(join(name, entry.name));
  });
}
