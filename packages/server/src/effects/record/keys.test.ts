import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openKeys } from './keys.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'trapkey-keys-'));
  folder = join(parent, 'keys');
});
afterEach(() => rmSync(parent, { recursive: true }));

test('makes four different keys once, for their owner alone', () => {
  const keys = openKeys(folder, { mayCreate: true });
  expect(openKeys(folder, { mayCreate: false })).toEqual(keys);
  const all = [keys.master, keys.signing, keys.tokens, keys.names];
  expect(new Set(all.map((key) => Buffer.from(key).toString('hex'))).size).toBe(4);
  for (const key of all) expect(key).toHaveLength(32);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder).sort()).toEqual(['master.key', 'names.key', 'signing.key', 'tokens.key']);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

test('refuses to make a new key for a record that has entries', () => {
  openKeys(folder, { mayCreate: true });
  rmSync(join(folder, 'master.key'));
  expect(() => openKeys(folder, { mayCreate: false })).toThrow(
    `The key ${join(folder, 'master.key')} is missing, and the database already has entries`,
  );
  expect(readdirSync(folder)).not.toContain('master.key');
});

test('refuses a key file that was cut or changed, and never writes over it', () => {
  openKeys(folder, { mayCreate: true });
  const file = join(folder, 'signing.key');
  writeFileSync(file, 'half a ke');
  expect(() => openKeys(folder, { mayCreate: true })).toThrow(`The key ${file} does not hold 32 bytes in hexadecimal`);
  expect(readFileSync(file, 'utf8')).toBe('half a ke');
});

test('closes what others could read', () => {
  const keys = openKeys(folder, { mayCreate: true });
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'master.key'), 0o644);
  expect(openKeys(folder, { mayCreate: false })).toEqual(keys);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600);
});

test('gives processes that start together the same keys', async () => {
  const script = `import { openKeys } from ${JSON.stringify(join(import.meta.dirname, 'keys.ts'))};
    console.log(JSON.stringify(Object.values(openKeys(${JSON.stringify(folder)}, { mayCreate: true })).map((key) => key.toString('hex'))));`;
  const outputs = await Promise.all(Array.from({ length: 6 }, () => output(script)));
  expect(new Set(outputs).size).toBe(1);
  expect(JSON.parse(outputs[0] ?? '[]')).toHaveLength(4);
});

function output(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(err))));
  });
}
