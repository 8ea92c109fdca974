import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal, openAccess } from '../../packages/server/src/access/intake.ts';
import { openPeople } from '../../packages/server/src/access/people/act.ts';
import { openTokens } from '../../packages/server/src/access/tokens/act.ts';
import { connectCommand } from '../../packages/server/src/cli/connect.ts';
import { enrollCommand } from '../../packages/server/src/cli/enroll.ts';
import { tokensCommands } from '../../packages/server/src/cli/tokens.ts';
import type { Enrolled } from '../../packages/server/src/kernel/people.ts';
import { databases } from '../support/databases.ts';
import { type House, house, policy } from './house.ts';

const publicUrl = 'http://127.0.0.1:7411';
let at: House;
let folder: string;
let boss: Enrolled;
let closed = 0;

beforeAll(async () => {
  const [sqlite] = databases;
  at = await house(sqlite as NonNullable<typeof sqlite>);
  folder = mkdtempSync(join(tmpdir(), 'trapkey-cli-'));
  boss = await openPeople(at).enrollFirst('ada@corp.example');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await at.close();
});

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly error: Error | undefined;
}

/** Runs a command line as a process would: `typed` is what a person types, on a terminal when `tty`. */
async function run(
  args: string,
  { typed = '', tty = false, env = {} }: { typed?: string; tty?: boolean; env?: Record<string, string> } = {},
): Promise<Ran> {
  const stdin = Object.assign(new PassThrough(), { isTTY: tty });
  const written = { out: '', err: '' };
  const catcher = (name: 'out' | 'err') =>
    new PassThrough().on('data', (chunk: Buffer) => {
      written[name] += chunk.toString();
    });
  const terminal = { stdin, stdout: catcher('out'), stderr: catcher('err'), env };
  const open = async () => ({
    people: openPeople(at),
    tokens: openTokens({ ...at, policy: () => policy }),
    publicUrl,
    close: async () => {
      closed++;
    },
  });
  const program = new Command('trapkey')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.stdout.write(text), writeErr: (text) => terminal.stderr.write(text) });
  connectCommand(program, open, terminal);
  tokensCommands(program, open, terminal);
  enrollCommand(program, open, terminal);
  for (const command of program.commands) command.exitOverride();
  if (tty) stdin.write(typed);
  else stdin.end(typed);
  const error = await program.parseAsync(args.split(' '), { from: 'user' }).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return { ...written, error };
}

describe('trapkey connect', () => {
  it('prints a configuration whose tokens let its person in, and only once', async () => {
    const ran = await run('connect sales --profile outreach --expires 8h --code-stdin', { typed: `${boss.code}\n` });
    expect(ran.error).toBeUndefined();
    const { mcpServers } = JSON.parse(ran.out) as {
      mcpServers: Record<string, { type: string; url: string; headers: { Authorization: string } }>;
    };
    expect(Object.keys(mcpServers)).toEqual(['sales-crm', 'sales-mail']);
    const access = openAccess({ ...at, policy: () => policy, oidc: undefined, publicUrl: () => publicUrl });
    for (const server of Object.values(mcpServers)) {
      const answer = await access.authenticate(server.headers.Authorization, server.url.slice(publicUrl.length), at.clock());
      expect(isRefusal(answer)).toBe(false);
      expect(answer).toMatchObject({ person: 'ada@corp.example', profile: 'outreach' });
      expect(ran.err).not.toContain(server.headers.Authorization.slice('Bearer '.length));
    }
    expect(ran.err).toContain('until 2026-06-06 22:22 UTC');
    const listed = await run('tokens list');
    expect(listed.out).toContain('sales@2.1.0');
    expect(listed.out).not.toContain('tk_');
  });

  it('with --json prints nothing else', async () => {
    const ran = await run('connect sales --json --code-stdin', { typed: boss.code });
    expect(ran.err).toBe('');
    expect(Object.keys(JSON.parse(ran.out))).toEqual(['mcpServers']);
  });

  it('asks for the code on a terminal, without showing it', async () => {
    const ran = await run('connect sales --as ada@corp.example', { tty: true, typed: `${boss.code}\n` });
    expect(ran.error).toBeUndefined();
    expect(ran.err).toContain('Code of ada@corp.example: ');
    expect(ran.out + ran.err).not.toContain(boss.code);
  });

  it('takes the code from a file of its owner, and from no other', async () => {
    const file = join(folder, 'code');
    writeFileSync(file, `${boss.code}\n`, { mode: 0o600 });
    const env = { TRAPKEY_CODE_FILE: file };
    expect((await run('connect sales --json', { env })).error).toBeUndefined();
    chmodSync(file, 0o644);
    expect((await run('connect sales --json', { env })).error?.message).toContain('can be read by others');
    expect((await run('connect sales --json', { env: { TRAPKEY_CODE_FILE: join(folder, 'none') } })).error?.message).toContain(
      'cannot be read',
    );
  });

  it('issues nothing without the right code, and closes what it opened', async () => {
    const before = (await openTokens({ ...at, policy: () => policy }).list()).length;
    const opened = closed;
    const attempts: [string, Parameters<typeof run>[1], string][] = [
      ['connect sales --code-stdin', { typed: 'WRONG' }, 'not the code'],
      ['connect sales --code-stdin', { typed: '' }, 'No code came'],
      ['connect sales', {}, 'no terminal to ask on'],
      ['connect sales --as eve@corp.example --code-stdin', { typed: boss.code }, 'not the code'],
    ];
    for (const [args, given, says] of attempts) expect((await run(args, given)).error?.message, args).toContain(says);
    expect((await run('connect sales --expires soon --code-stdin', { typed: boss.code })).error?.message).toContain('not a duration');
    expect((await run('connect nope --code-stdin', { typed: boss.code })).error?.message).toContain('no plugin nope');
    expect(closed - opened).toBe(attempts.length + 1);
    expect(await openTokens({ ...at, policy: () => policy }).list()).toHaveLength(before);
  });

  it('shows examples', async () => {
    expect((await run('connect --help')).out).toContain('$ trapkey connect sales');
  });
});

describe('trapkey tokens and trapkey enroll', () => {
  it('end a token by its id', async () => {
    await run('connect sales --json --code-stdin', { typed: boss.code });
    const [newest] = JSON.parse((await run('tokens list --json')).out) as { id: string; revokedAtMs?: number }[];
    expect(newest?.revokedAtMs).toBeUndefined();
    const ran = await run(`tokens revoke ${newest?.id} --code-stdin`, { typed: boss.code });
    expect(ran.out).toContain(`Revoked ${newest?.id} of ada@corp.example`);
    expect((await run('tokens list')).out).toMatch(new RegExp(`${newest?.id}.*revoked 2026-06-06`));
  });

  it('enroll a person, whose code works; rotate it; list who is', async () => {
    const ran = await run('enroll mo@corp.example --role approver --json --as ada@corp.example --code-stdin', { typed: boss.code });
    const mo = JSON.parse(ran.out) as Enrolled;
    expect(await openPeople(at).verifyCode(mo.person, mo.code)).toMatchObject({ ok: true, who: { roles: ['approver'] } });
    // Two are enrolled now: who runs it must be said.
    expect((await run('enroll x@corp.example --code-stdin', { typed: boss.code })).error?.message).toBe('Say who you are.');
    const denied = await run('enroll x@corp.example --as mo@corp.example --code-stdin', { typed: mo.code });
    expect(denied.error?.message).toContain('needs an administrator');
    const rotated = await run('enroll --rotate mo@corp.example --as mo@corp.example --code-stdin', { typed: mo.code });
    expect(rotated.out).toMatch(/Code of mo@corp\.example: (\w{5}-){4}\w{5}/);
    expect((await run('enroll --list')).out).toContain('mo@corp.example  approver  enrolled by ada@corp.example');
    expect((await run('enroll')).error?.message).toContain('Say who is to be enrolled');
  });
});
