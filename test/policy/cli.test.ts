import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { policyJsonSchema } from '@trapkey/contract/policy/documents.ts';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPeople } from '../../packages/server/src/access/people/act.ts';
import { policyCommands } from '../../packages/server/src/cli/policy.ts';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../../packages/server/src/effects/record/keys.ts';
import { checkPolicy, diffPolicy } from '../../packages/server/src/policy/desk.ts';
import { type OpenPolicy, openPolicy } from '../../packages/server/src/policy/open.ts';
import { openDatabase } from '../../packages/server/src/storage/database.ts';
import { decideCase } from '../../packages/server/src/wire-redecide.ts';
import { type FreshDatabase, freshSqlite } from '../support/databases.ts';

let one: Omit<FreshDatabase, 'address'>;
let recorder: OpenRecorder;
let folder: string;
let policy: OpenPolicy;
let code: string;
const clock = (): number => Date.now();

beforeEach(async () => {
  const { address, remove } = freshSqlite();
  const database = await openDatabase(address);
  one = {
    database,
    drop: async () => {
      await database.close();
      await remove();
    },
  };
  folder = await mkdtemp(join(tmpdir(), 'trapkey-cli-'));
  recorder = openRecorder({ database, keys: openKeys(join(folder, '.keys'), { mayCreate: true }) });
  await write('solo: true\n');
  policy = await openPolicy({ database, recorder, folder, env: {}, clock, onAlarm: () => undefined });
  code = (await openPeople({ database, recorder, clock }).enrollFirst('ada@corp.example')).code;
});
afterEach(async () => {
  process.exitCode = undefined;
  await recorder.close();
  await one.drop();
  await rm(folder, { recursive: true, force: true });
});

const write = (lines: string): Promise<void> =>
  writeFile(join(folder, 'policy.yaml'), `organization: corp\n${lines}---\nconnector: c\ntools: { a: { effect: read } }\n`);

/** Runs one command as typed; answers what it printed and its exit code. */
async function trapkey(...words: readonly string[]): Promise<{ readonly out: string; readonly exit: number }> {
  let out = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      out += String(chunk);
      done();
    },
  });
  const program = new Command().exitOverride();
  const { database } = one;
  const desk = {
    folder: () => folder,
    check: (path: string) => checkPolicy({ folder: path, env: {}, decideCase, nowMs: clock() }),
    schema: policyJsonSchema,
  };
  const open = async () => ({
    people: openPeople({ database, recorder, clock }),
    diff: (path: string) => diffPolicy({ database, env: {}, folder: path, clock }),
    replay: async () => ({ ok: false as const, says: 'not asked for here', problems: [] }),
    propose: policy.checkFolder,
    standing: policy.standing,
    apply: policy.apply,
    rollback: policy.rollback,
    sign: policy.sign,
    close: async () => undefined,
  });
  process.exitCode = undefined;
  policyCommands(program, desk, open, { stdin: Readable.from([`${code}\n`]), stdout, stderr: stdout, env: {} });
  await program.parseAsync(['node', 'trapkey', 'policy', ...words]);
  return { out, exit: Number(process.exitCode ?? 0) };
}

test('check says what is wrong where, and its exit code says so too', async () => {
  expect(await trapkey('check')).toMatchObject({ exit: 0, out: expect.stringContaining('The set checks: sha256:') });
  await write('slo: true\n');
  expect(await trapkey('check')).toMatchObject({
    exit: 1,
    out: expect.stringContaining('policy.yaml:2:1  Unknown key `slo`. Did you mean `solo`?'),
  });
  const { out } = await trapkey('check', '--json');
  expect(JSON.parse(out)).toMatchObject({ errors: [{ file: 'policy.yaml', line: 2, nearest: 'solo' }] });
});

test('diff says in words what waits', async () => {
  expect((await trapkey('diff')).out).toBe('The folder is the running policy.\n');
  await write('solo: true\nmode: observe\n');
  expect((await trapkey('diff')).out).toContain('+ organization corp: mode is set to observe\n');
});

test('apply shows what it will do, takes a code, and applies it; rollback goes back', async () => {
  const before = policy.current().digest;
  await write('solo: true\nmode: observe\n');
  const { out, exit } = await trapkey('apply', '--as', 'ada@corp.example', '--code-stdin');
  expect(exit).toBe(0);
  expect(out.indexOf('mode is set to observe')).toBeLessThan(out.indexOf('runs now'));
  expect(policy.current().organization.mode).toBe('observe');
  await trapkey('rollback', '--as', 'ada@corp.example', '--code-stdin');
  expect(policy.current().digest).toBe(before);
});

test('a wrong code, or a folder that does not check, changes nothing', async () => {
  const before = policy.current().digest;
  await write('solo: true\nmode: observe\n');
  code = 'not-the-code';
  await expect(trapkey('apply', '--as', 'ada@corp.example', '--code-stdin')).rejects.toThrow();
  await write('slo: true\n');
  await expect(trapkey('apply', '--as', 'ada@corp.example', '--code-stdin')).rejects.toThrow('policy.yaml:2:1');
  expect(policy.current().digest).toBe(before);
});

test('what is applied is what was shown, even when the folder changes meanwhile', async () => {
  await write('solo: true\nmode: observe\n');
  const shown = (await policy.checkFolder()) as { readonly diff: { readonly to: string } };
  await write('solo: true\nmode: warn\n');
  await policy.checkFolder();
  const { out } = await trapkey('apply', shown.diff.to, '--as', 'ada@corp.example', '--code-stdin');
  expect(out).toContain('waits to be applied');
  expect(policy.current().organization.mode).toBe('enforce');
});

test('schema prints the published schema', async () => {
  expect(JSON.parse((await trapkey('schema')).out)).toEqual(policyJsonSchema());
});
