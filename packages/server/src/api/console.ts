import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Context } from 'hono';

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  svg: 'image/svg+xml',
};

interface Kept {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same bytes, by content encoding. */
  readonly encodings: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

/** The built console, kept in memory: files by their path under `/console/`. Nothing where it was not built. */
export interface ConsoleFiles {
  readonly files: ReadonlyMap<string, Kept>;
  readonly start: Kept;
}

/** Reads what the build left; `folder` is where this deployment keeps it. */
export function readConsole(folder: URL): ConsoleFiles | undefined {
  const root = fileURLToPath(folder);
  if (!existsSync(`${root}index.html`)) return undefined;
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const files = new Map(
    names.flatMap((name) => {
      const type = types[name.split('.').at(-1) ?? ''];
      if (type === undefined || !statSync(root + name).isFile()) return [];
      return [[name.replaceAll('\\', '/'), keep(root + name, type)] as const];
    }),
  );
  const start = files.get('index.html');
  return start && { files, start };
}

/**
 * Answers a path under `/console/`. Every address that is no file is a screen, and screens are the one page; it holds no
 * data, so whoever asks may have it.
 */
export function serveConsole(context: Context, { files, start }: ConsoleFiles): Response | undefined {
  const path = context.req.path.replace(/^\/console\/?/, '');
  const file = files.get(path);
  if (file === undefined && path.startsWith('assets/')) return undefined;
  const found = file ?? start;
  // Names of built files carry their digest; the page itself is asked for each time, so that an upgrade is seen at once.
  context.header('cache-control', path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  context.header('etag', found.etag);
  context.header('vary', 'accept-encoding');
  if (context.req.header('if-none-match') === found.etag) return context.body(null, 304);
  const accepted = (context.req.header('accept-encoding') ?? '').split(',').map((one) => one.split(';')[0]?.trim());
  const encoding = ['br', 'gzip'].find((one) => accepted.includes(one) && found.encodings[one]);
  if (encoding !== undefined) context.header('content-encoding', encoding);
  return context.body(found.encodings[encoding ?? ''] ?? found.bytes, 200, { 'content-type': found.type });
}

function keep(path: string, type: string): Kept {
  const bytes = new Uint8Array(readFileSync(path));
  const packed = { br: `${path}.br`, gzip: `${path}.gz` };
  const encodings = Object.fromEntries(
    Object.entries(packed).flatMap(([name, file]) => (existsSync(file) ? [[name, new Uint8Array(readFileSync(file))] as const] : [])),
  );
  return { type, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`, bytes, encodings };
}
