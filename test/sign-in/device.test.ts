import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { program } from '../../packages/server/src/cli/program.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import { type Serving, serve } from '../../packages/server/src/wire-serve.ts';
import { freshPostgres } from '../support/databases.ts';
import { startOidc, type TestProvider, webClient } from '../support/oidc.ts';
import { browser } from './browser.ts';

const policy = `
organization: corp
owner: boss@corp.example
roles: { operator: ["group:desk"] }
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
for: ["group:desk"]
release: { version: 1.0.0 }
connectors: [files]
`;

const accounts = {
  ada: { email: 'ada@corp.example', email_verified: true, groups: ['desk'] },
  mallory: { email: 'boss@corp.example', email_verified: false },
};

const places = [
  { name: 'sqlite', place: async () => ({ url: undefined, remove: async () => {} }) },
  {
    name: 'postgres',
    place: async () => {
      const { address, remove } = await freshPostgres(inject('postgresUrl'));
      return { url: address.kind === 'postgres' ? address.url : undefined, remove };
    },
  },
] as const;

describe.each(places)('trapkey login at a real identity provider, on $name', ({ place }) => {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-device-'));
  let provider: TestProvider;
  let serving: Serving;
  let where: Awaited<ReturnType<typeof place>>;
  let env: Record<string, string>;

  beforeAll(async () => {
    provider = await startOidc(accounts);
    where = await place();
    env = {
      TRAPKEY_OIDC_ISSUER: provider.issuer,
      TRAPKEY_OIDC_CLIENT_ID: webClient.clientId,
      TRAPKEY_OIDC_CLIENT_SECRET: webClient.clientSecret,
      TRAPKEY_OIDC_INSECURE_LOOPBACK: '1',
      ...(where.url !== undefined && { TRAPKEY_DATABASE: where.url }),
    };
    const config = readConfig({ data: join(folder, 'data'), policy: join(folder, 'policy'), port: '0' }, env);
    mkdirSync(config.policyFolder);
    writeFileSync(join(config.policyFolder, 'policy.yaml'), policy);
    serving = await serve({ config, env, administrator: 'boss@corp.example', onWritten: () => undefined, alarm: () => undefined });
  });
  afterAll(async () => {
    await serving.close();
    await provider.stop();
    await where.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a command; `told` hears what it says on standard error while it runs. */
  const trapkey = async (line: readonly string[], told: (words: string) => void = () => undefined) => {
    let out = '';
    const writing = (hear: (chunk: string) => void) =>
      new Writable({
        write: (chunk, _encoding, done) => {
          hear(String(chunk));
          done();
        },
      });
    const stdout = writing((chunk) => {
      out += chunk;
    });
    const terminal = { stdin: Readable.from(['']), stdout, stderr: writing(told), env };
    const failed = await program(terminal)
      .parseAsync(['node', 'trapkey', '--data', join(folder, 'data'), '--policy', join(folder, 'policy'), ...line])
      .then(
        () => undefined,
        (error: unknown) => error as Error,
      );
    return { out, failed };
  };

  /** What a person does with the address that the terminal shows: opens it, signs in, confirms the code or says no. */
  const atProvider = async (address: string, answer: 'confirm' | 'abort'): Promise<string> => {
    const cookies = new Map<string, string>();
    const send = async (at: URL, init: RequestInit = {}): Promise<{ readonly at: URL; readonly text: string }> => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const reply = await fetch(at, { ...init, redirect: 'manual', headers: { cookie, ...(init.headers as Record<string, string>) } });
      for (const set of reply.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
        cookies.set(name, value);
      }
      const to = reply.headers.get('location');
      return to === null ? { at, text: await reply.text() } : await send(new URL(to, at));
    };
    const submit = async (page: { readonly at: URL; readonly text: string }, more: Readonly<Record<string, string>>) => {
      const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? page.at.href;
      const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]);
      const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...more });
      return await send(new URL(action.replaceAll('&amp;', '&'), page.at), { method: 'POST', body });
    };
    let page = await send(new URL(address));
    // The code stands in the address already: its page sends itself, and then asks whether it is the one on the terminal.
    if (!page.text.includes('name="confirm"')) page = await submit(page, {});
    page = await submit(page, answer === 'abort' ? { abort: 'yes' } : { confirm: 'yes' });
    return page.text;
  };

  const login = async (account: keyof typeof accounts, answer: 'confirm' | 'abort' = 'confirm') => {
    provider.seat(account);
    let shown = '';
    const done: Promise<string>[] = [];
    const ran = await trapkey(['login'], (words) => {
      shown += words;
      const [, address] = /Open (\S+) and check that it shows (\S+)\./.exec(words) ?? [];
      if (address !== undefined) done.push(atProvider(address, answer));
    });
    await Promise.all(done);
    return { ...ran, shown };
  };

  it('signs in by device code; commands and pages then know who it is', { timeout: 30_000 }, async () => {
    const { out, failed, shown } = await login('ada');
    expect(failed).toBeUndefined();
    expect(shown).toMatch(/check that it shows [A-Z]{4}-[A-Z]{4}/);
    expect(out).toContain('Signed in as ada@corp.example (operator)');
    const file = join(folder, 'data', 'session');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await trapkey(['whoami', '--json'])).out).toContain('"person":"ada@corp.example"');
    const mine = browser(serving.url);
    mine.cookies.set('trapkey-session', readFileSync(file, 'utf8').trim());
    // Signed in is not a credential shown just now: a high-tier decision asks for one all the same.
    expect(JSON.parse((await mine.get('/api/session')).text)).toMatchObject({ person: 'ada@corp.example', via: 'cli', fresh: false });
    expect((await trapkey(['logout'])).out).toContain('ada@corp.example is signed out');
    expect((await mine.get('/api/session')).status).toBe(401);
  });

  it('signs in nobody whose address is not verified, or who says no at the provider', { timeout: 30_000 }, async () => {
    expect((await login('mallory')).failed?.message).toContain('did not verify');
    expect((await login('ada', 'abort')).failed?.message).toContain('Nobody was signed in');
    expect((await trapkey(['whoami'])).out).toContain('Nobody is signed in here');
  });
});
