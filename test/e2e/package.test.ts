import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHouse } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';

const repository = new URL('../..', import.meta.url).pathname;
let folder: string;
let trapkey: string;

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function run(file: string, args: readonly string[], cwd: string): Promise<Ran> {
  return new Promise((resolve) =>
    execFile(file, args, { cwd, maxBuffer: 1 << 26 }, (error, out, err) =>
      resolve({ status: error === null ? 0 : Number(error.code), out, err }),
    ),
  );
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trapkey-package-'));
  const built = await run(process.execPath, ['packages/server/build.ts'], repository);
  expect(built, built.err).toMatchObject({ status: 0 });
  const packed = await run('npm', ['pack', '-w', 'packages/server', '--pack-destination', folder, '--json'], repository);
  expect(packed, packed.err).toMatchObject({ status: 0 });
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const installed = await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${file}`], folder);
  expect(installed, installed.err).toMatchObject({ status: 0 });
  trapkey = join(folder, 'node_modules/.bin/trapkey');
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it('installs in an empty folder, and runs', async () => {
  expect(await run(process.execPath, [trapkey, '--version'], folder)).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  expect(await run(process.execPath, [trapkey, '--help'], folder)).toMatchObject({ status: 0, out: expect.stringContaining('Examples:') });
  const checked = await run(process.execPath, [trapkey, 'policy', 'check', 'node_modules/trapkey/dist/policies/starter'], folder);
  expect(checked).toMatchObject({ status: 0, out: expect.stringContaining('12 of 12 cases as expected') });
});

it('says in one line that an old Node is too old', async () => {
  const old = join(folder, 'old.cjs');
  writeFileSync(old, "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });");
  const ran = await run(process.execPath, ['--require', old, trapkey, 'up'], folder);
  expect(ran).toEqual({ status: 1, out: '', err: 'Trapkey needs Node 24 or later; this is Node 20.20.2.\n' });
});

it('starts with the real servers once they are there, and says what to install before', async () => {
  const before = await run(process.execPath, [trapkey, '--data', join(folder, 'd/data'), 'start'], folder);
  expect(before).toMatchObject({ status: 2, err: expect.stringContaining('npm install @modelcontextprotocol/server-filesystem@') });
  const scope = join(folder, 'node_modules/@modelcontextprotocol');
  for (const name of ['server-filesystem', 'server-memory', 'server-everything'])
    symlinkSync(join(repository, 'node_modules/@modelcontextprotocol', name), join(scope, name));
  const house = openHouse({}, {}, trapkey);
  const gateway = await house.serve({ command: ['start'] });
  expect(await (await fetch(`${gateway.url}/console/`)).text()).toMatch(/src="\/console\/assets\/index-/);
  const client = await connect(gateway.servers['starter-files']);
  const read = await call(client, 'read_text_file', { path: join(house.folder, 'samples/quarterly-forecast.csv') });
  expect(read).toMatchObject({ isError: false, text: expect.stringContaining('EMEA') });
  await client.close();
  expect(await gateway.stop()).toBe(0);
  expect((await house.run(['record', 'verify'])).status).toBe(0);
  house.remove();
});
