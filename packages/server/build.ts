/** Builds the one published package into `dist/`: server, contract and connectors bundled, the console as it is served, libraries left to npm. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import manifest from './package.json' with { type: 'json' };

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

rmSync(here('dist'), { recursive: true, force: true });
mkdirSync(here('dist'));
const { metafile } = await build({
  metafile: true,
  absWorkingDir: here('.'),
  entryPoints: {
    main: here('src/main.ts'),
    'sqlite-thread': here('src/effects/record/sqlite-thread-store.ts'),
    'sqlite-query-thread': here('../../connectors/sql/src/sqlite/thread.ts'),
  },
  outdir: here('dist'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: 'linked',
  sourcesContent: false,
  external: Object.keys(manifest.dependencies).flatMap((name) => [name, `${name}/*`]),
  define: { 'process.env.TRAPKEY_PACKAGED': '"1"' },
});
// The console is built where it is missing or older than its sources.
execFileSync(process.execPath, [here('../console/build.ts')], { stdio: 'inherit' });
cpSync(here('../console/dist'), here('dist/console'), { recursive: true, filter: (path) => !path.endsWith('.sources') });
const bundled = [licences(Object.keys(metafile.inputs)), readFileSync(here('dist/console/THIRD-PARTY.txt'), 'utf8')];
writeFileSync(here('dist/THIRD-PARTY.txt'), bundled.join(`\n${'-'.repeat(80)}\n\n`));
// Plain CommonJS, so that an old Node reaches the sentence instead of a syntax error.
writeFileSync(
  here('dist/bin.cjs'),
  `#!/usr/bin/env node
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error('Trapkey needs Node 24 or later; this is Node ' + process.versions.node + '.');
  process.exit(1);
}
const { homedir } = require('node:os');
const { join } = require('node:path');
try {
  // Kept in a folder of this user: a command starts in half the time.
  const folder = join(homedir(), '.cache', 'trapkey', 'code');
  require('node:fs').mkdirSync(folder, { recursive: true, mode: 0o700 });
  require('node:module').enableCompileCache(folder);
} catch {}
import('./main.js');
`,
);
chmodSync(here('dist/bin.cjs'), 0o755);
for (const name of ['policies', 'examples/samples']) cpSync(here(`../../${name}`), here(`dist/${name}`), { recursive: true });
cpSync(here('src/api/assets'), here('dist/assets'), { recursive: true });
for (const name of ['README.md', 'LICENSE']) copyFileSync(here(`../../${name}`), here(name));

/** What connectors bring along is in the bundle, so its licences are in the package. */
function licences(inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  return [...folders]
    .sort()
    .map((folder) => {
      const file = readdirSync(here(folder)).find((name) => /^licen[cs]e/i.test(name));
      if (file === undefined) throw new Error(`${folder} is bundled and has no licence`);
      return `${folder.replace(/^.*node_modules\//, '')}\n\n${readFileSync(here(join(folder, file)), 'utf8')}`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
