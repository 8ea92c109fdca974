import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
/** These load parts of themselves by name, and stay where they are. */
const external = ['jsonc-parser', 'libpg-query', 'nodemailer', 'pg', 're2js'];

/** Where the program of each is. */
export interface Serving {
  readonly batches: string;
  readonly crash: string;
  /** What a person starts. */
  readonly main: string;
  /** A folder for what Node compiles of them. */
  readonly code: string;
}

/**
 * Makes a bundle of each program, as the published package is one, with the libraries in it besides: what is started hundreds
 * of times then takes a third of the processor time to load. The package itself has a test of its own.
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
      main: 'packages/server/src/main.ts',
      'sqlite-thread': 'packages/server/src/effects/record/sqlite-thread-store.ts',
      'sqlite-query-thread': 'connectors/sql/src/sqlite/thread.ts',
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external,
    define: { 'process.env.TRAPKEY_PACKAGED': '"1"' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  cpSync(join(root, 'packages/server/src/api/assets'), join(folder, 'assets'), { recursive: true });
  symlinkSync(join(root, 'packages/console/dist'), join(folder, 'console'));
  for (const own of ['policies', 'examples']) symlinkSync(join(root, own), join(folder, own));
  return {
    batches: join(folder, 'batches.js'),
    crash: join(folder, 'crash.js'),
    main: join(folder, 'main.js'),
    code: join(folder, 'code'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
