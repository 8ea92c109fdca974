import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(?:js|css|html|svg|json)$/;

/** Writes each file in two more encodings, and fails the build when the first load is heavier than agreed. */
export function packed({ firstLoadBytesMax }: { readonly firstLoadBytesMax: number }): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    writeBundle(options, bundle) {
      const folder = options.dir ?? 'dist';
      const sizes = new Map(filesIn(folder).map((file) => [file, pack(join(folder, file))]));
      const first = new Set(['index.html', 'theme.js', 'mark.svg']);
      const follow = (file: string): void => {
        const chunk = bundle[file];
        if (first.has(file) || chunk?.type !== 'chunk') return;
        first.add(file);
        for (const name of chunk.imports) follow(name);
        for (const css of (chunk as { viteMetadata?: { importedCss?: Set<string> } }).viteMetadata?.importedCss ?? []) first.add(css);
      };
      for (const [file, chunk] of Object.entries(bundle)) if (chunk.type === 'chunk' && chunk.isEntry) follow(file);
      const bytes = [...first].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
      console.log(`First load ${(bytes / 1000).toFixed(1)} kB compressed, of ${firstLoadBytesMax / 1000} kB at most.`);
      if (bytes > firstLoadBytesMax) this.error(`The first load is ${bytes} bytes compressed; ${firstLoadBytesMax} are agreed.`);
    },
  };
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => compressible.test(file) && statSync(join(folder, file)).isFile(),
  );
}

/** The size over the wire, with the encoding that fewer clients lack. */
function pack(path: string): number {
  const bytes = readFileSync(path);
  const gzip = gzipSync(bytes, { level: 9 });
  writeFileSync(`${path}.gz`, gzip);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
  return gzip.length;
}
