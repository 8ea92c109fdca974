import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
/** These load parts of themselves by name, and stay where they are. */
const external = ['jsonc-parser', 'libpg-query', 'nodemailer', 'pg', 're2js'];

/** Where the program of each is. */
export interface Serving {
  readonly batches: string;
  readonly crash: string;
}

/**
 * Makes one file of each program that serves, as the published package is one, with the libraries in it besides: what is killed
 * and started again hundreds of times then takes half of the processor time to load.
 */
export async function bundleServing(): Promise<Serving & { remove(): void }> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'trapkey-serving-'));
  await build({
    absWorkingDir: root,
    entryPoints: {
      batches: 'test/batches/serving.ts',
      crash: 'test/crash/serving.ts',
      'sqlite-thread': 'packages/server/src/effects/record/sqlite-thread-store.ts',
    },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external,
    define: { 'process.env.TRAPKEY_PACKAGED': '"1"' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  cpSync(join(root, 'packages/server/src/api/assets'), join(folder, 'assets'), { recursive: true });
  return {
    batches: join(folder, 'batches.js'),
    crash: join(folder, 'crash.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
