import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../packages/server/src/cli/program.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import { accessDoor } from '../../packages/server/src/wire-doors.ts';
import { type Serving, serve } from '../../packages/server/src/wire-serve.ts';
import { browser } from './browser.ts';

const policy = `
organization: corp
owner: boss@corp.example
---
connection: files
owner: boss@corp.example
upstream: { url: "http://127.0.0.1:9/mcp" }
network: private
---
connector: files
tools: { read_file: { effect: read } }
---
plugin: desk
owner: boss@corp.example
for: ["group:all"]
release: { version: 1.0.0 }
connectors: [files]
`;

describe('trapkey login', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-login-'));
  const config = readConfig({ data: join(folder, 'data'), policy: join(folder, 'policy'), port: '0' }, {});
  let serving: Serving;
  let code = '';

  beforeAll(async () => {
    mkdirSync(config.policyFolder);
    writeFileSync(join(config.policyFolder, 'policy.yaml'), policy);
    serving = await serve({ config, env: {}, administrator: 'boss@corp.example', onWritten: () => undefined, alarm: () => undefined });
    code = serving.enrolled?.code ?? '';
  });
  afterAll(async () => {
    await serving.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const trapkey = async (line: readonly string[], typed = '') => {
    let out = '';
    const stdout = new Writable({
      write: (chunk, _encoding, done) => {
        out += String(chunk);
        done();
      },
    });
    const terminal = { stdin: Readable.from([typed]), stdout, stderr: stdout, env: {} };
    const failed = await program(terminal)
      .parseAsync(['node', 'trapkey', '--data', config.data, '--policy', config.policyFolder, ...line])
      .then(
        () => undefined,
        (error: unknown) => error as Error,
      );
    return { out, failed };
  };
  const file = join(config.data, 'session');

  it('prints a link at the first start that signs the administrator in, once', async () => {
    const [mine, second] = [browser(serving.url), browser(serving.url)];
    const { pathname, search } = new URL(serving.signInUrl ?? '');
    await mine.submit(await mine.get(pathname + search), '/sign-in/link', {});
    expect(JSON.parse((await mine.get('/api/session')).text)).toMatchObject({ person: 'boss@corp.example', via: 'link', fresh: false });
    expect((await second.get(pathname + search)).status).toBe(409);
  });

  it('keeps a session that only its owner can read, and commands act as who signed in', async () => {
    expect((await trapkey(['whoami'])).out).toContain('Nobody is signed in here');
    expect((await trapkey(['login', '--as', 'boss@corp.example', '--code-stdin'], 'AAAAA')).failed?.message).toContain('not the code');
    expect((await trapkey(['login', '--code-stdin'], code)).out).toContain(
      'Signed in as boss@corp.example (administrator, approver, owner)',
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await trapkey(['whoami', '--json'])).out).toContain('"person":"boss@corp.example"');
    const first = readFileSync(file, 'utf8');
    await trapkey(['login', '--code-stdin'], code);
    expect(readFileSync(file, 'utf8')).not.toBe(first);
    const old = browser(serving.url);
    old.cookies.set('trapkey-session', first.trim());
    expect((await old.get('/api/session')).status).toBe(401);
  });

  it('takes no session that others could have read', async () => {
    chmodSync(file, 0o644);
    expect((await trapkey(['whoami'])).out).toContain('Nobody is signed in here');
    chmodSync(file, 0o600);
    expect((await trapkey(['whoami'])).out).toContain('boss@corp.example');
  });

  it('makes a link for another screen only for who shows their code', async () => {
    expect((await trapkey(['login', '--link', '--code-stdin'], 'AAAAA')).failed?.message).toContain('not the code');
    expect((await trapkey(['login', '--link'])).failed?.message).toContain('needs your code');
    const { out } = await trapkey(['login', '--link', '--code-stdin'], code);
    expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\/link\?link=[\w-]{43}\nIt signs boss@corp\.example in once/);
    const { pathname, search } = new URL(out.split('\n')[0] ?? '');
    const [phone, thief] = [browser(serving.url), browser(serving.url)];
    await phone.submit(await phone.get(pathname + search), '/sign-in/link', {});
    expect(JSON.parse((await phone.get('/api/session')).text)).toMatchObject({ person: 'boss@corp.example', via: 'link', fresh: false });
    expect((await thief.get(pathname + search)).status).toBe(409);
  });

  it('is not a code: what needs one still asks', async () => {
    expect((await trapkey(['enroll', 'eve@corp.example', '--role', 'approver'])).failed?.message).toContain('needs your code');
    const door = await accessDoor(config, {});
    expect((await door.people.list()).map(({ person }) => person)).toEqual(['boss@corp.example']);
    await door.close();
  });

  it('ends by logout, on the server too', async () => {
    const token = readFileSync(file, 'utf8').trim();
    expect((await trapkey(['logout'])).out).toContain('boss@corp.example is signed out');
    expect((await trapkey(['whoami'])).out).toContain('Nobody is signed in here');
    const thief = browser(serving.url);
    thief.cookies.set('trapkey-session', token);
    expect((await thief.get('/api/session')).status).toBe(401);
  });
});
