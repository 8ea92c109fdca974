import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { scanDoor } from '../../packages/server/src/wire-scan.ts';

const made: string[] = [];
afterEach(() => Promise.all(made.splice(0).map((path) => rm(path, { recursive: true, force: true }))));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'scan-wire-'));
  made.push(path);
  return path;
}

const options = { live: false, privateNetwork: false, bundledCatalog: false };

test('--live starts servers, classifies what they list and lints it; one that does not start is a finding', async () => {
  const root = await folder();
  const memory = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-memory/dist/index.js');
  const mcpServers = { memory: { command: process.execPath, args: [memory] }, dead: { command: join(root, 'missing') } };
  await writeFile(join(root, '.mcp.json'), JSON.stringify({ mcpServers }));
  const report = await scanDoor(process.env).scan({ ...options, targets: [join(root, '.mcp.json')], live: true });
  const [connector] = report.plugins[0]?.connectors ?? [];
  const effects = Object.fromEntries((connector?.tools ?? []).map(({ name, classification }) => [name, classification.effect.value]));
  expect(effects).toMatchObject({ create_entities: 'write', delete_entities: 'delete', read_graph: 'read', search_nodes: 'read' });
  expect(report.findings.map(({ rule }) => rule)).toContain('no_answer');
});

/** A repository behind real git over HTTP on loopback. */
async function served(repository: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    const env = {
      ...process.env,
      GIT_PROJECT_ROOT: dirname(repository),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      ...(request.headers['content-encoding'] && { HTTP_CONTENT_ENCODING: String(request.headers['content-encoding']) }),
      ...(request.headers['git-protocol'] && { HTTP_GIT_PROTOCOL: String(request.headers['git-protocol']) }),
    };
    const child = spawn('git', ['http-backend'], { env });
    request.pipe(child.stdin);
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.on('close', () => {
      const all = Buffer.concat(parts);
      const end = all.indexOf('\r\n\r\n');
      for (const line of all.subarray(0, end).toString('latin1').split('\r\n')) {
        const [name = '', value = ''] = line.split(': ');
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
        else if (name !== '') response.setHeader(name, value);
      }
      response.end(all.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${repository.split('/').at(-1)}`, close: () => server.close() };
}

test('a repository is fetched and scanned only where private addresses are allowed, and its hooks do not run', async () => {
  const root = await folder();
  const repository = join(root, 'plugins');
  await mkdir(join(repository, '.claude-plugin'), { recursive: true });
  await writeFile(join(repository, '.claude-plugin', 'plugin.json'), JSON.stringify({ name: 'fetched' }));
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@t.example', ...words], { stdio: 'pipe' });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  const { url, close } = await served(repository);
  try {
    const door = scanDoor(process.env);
    await expect(door.scan({ ...options, targets: [url] })).rejects.toThrow(/https only/);
    const report = await door.scan({ ...options, targets: [url], privateNetwork: true });
    expect(report.plugins.map(({ name }) => name)).toEqual(['fetched']);
  } finally {
    close();
  }
});
