import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../packages/server/src/cli/program.ts';
import { type Gateway, type House, openHouse, openHouseForTest } from '../support/e2e.ts';
import { corp } from '../support/e2e-policy.ts';

/** What people look up first has examples of its own. */
const withExamples = [
  '',
  'up',
  'start',
  'connect',
  'tokens list',
  'tokens revoke',
  'enroll',
  'approvals',
  'stop',
  'release',
  'policy',
  'policy check',
  'policy apply',
  'record',
  'stdio',
  'catalog',
  'alerts',
  'reviews',
  'messages',
];

let house: House;
let gateway: Gateway;
beforeAll(async () => {
  house = openHouse({
    'corp.yaml': corp('http://127.0.0.1:9/mcp')
      .replace('organization: corp', 'organization: corp\nsolo: true')
      .replaceAll('["group:sales"]', '["group:sales", boss@corp.example]'),
  });
  gateway = await house.serve({ command: ['up', '--admin', 'boss@corp.example'] });
});
afterAll(() => house.remove());

async function helpOf(command: string): Promise<string> {
  const written = new PassThrough();
  const terminal = { stdin: process.stdin, stdout: written, stderr: written, env: {} };
  const shown = program(terminal).parseAsync([...command.split(' ').filter(Boolean), '--help'], { from: 'user' });
  await expect(shown, command).rejects.toMatchObject({ exitCode: 0 });
  return String(written.read());
}

/** The commands that a help text lists. */
function listedIn(help: string): readonly string[] {
  const part = /^Commands:\n((?: +.*\n?)+)/m.exec(help)?.[1] ?? '';
  return [...part.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name ?? '').filter((name) => name !== 'help');
}

describe('help', () => {
  it('every command has it, and the first ones have examples', async () => {
    const texts = new Map<string, string>();
    // As the help of its parent lists it, so that none is left out.
    const walk = async (command: string): Promise<void> => {
      const text = await helpOf(command);
      expect(text, command).toContain('Usage: trapkey');
      texts.set(command, text);
      for (const name of listedIn(text)) await walk(`${command} ${name}`.trim());
    };
    await walk('');
    expect(texts.size).toBeGreaterThan(60);
    expect(await house.run(['--help'], { located: false })).toMatchObject({ status: 0, err: '', out: texts.get('') });
    for (const command of withExamples) expect(texts.get(command), command).toMatch(/Examples?[:,]/);
  });

  it('the version is the package’s', async () => {
    expect(await house.run(['--version'], { located: false })).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe('mistakes', () => {
  it.each([
    [['aprovals'], 2, /unknown command 'aprovals'\n\(Did you mean approvals\?\)/],
    [['policy', 'aply'], 2, /\(Did you mean apply\?\)/],
    [['up', '--portt', '1'], 2, /unknown option '--portt'\n\(Did you mean --port\?\)/],
    [['--port', 'many', 'up'], 2, /--port must be a whole number from 0 to 65535/],
    [['--database', 'mysql://x', 'record', 'list'], 2, /--database must be a postgres:\/\/ URL\.\nLeave it out/],
    [['connect'], 2, /Name a plugin, or --telemetry\.\nFor example/],
    [['approvals', 'show', 'nonsense'], 2, /That is not the id of a ticket\.\nIds look like/],
    [['approvals', 'show', 'TK-0000000000'], 2, /There is no ticket TK-0000000000\.\nSee/],
    [['record', 'show', '999999'], 2, /There is nothing recorded as 999999\./],
    [['record', 'list', 'verdikt:deny'], 2, /verdict/],
    [['tokens', 'revoke', 'AT-0000000000', '--as', 'boss@corp.example'], 2, /needs your code/],
    [['policy', 'check', '/nonexistent'], 1, /nonexistent/],
    [['record', 'verify', '/nonexistent.ndjson'], 2, /nonexistent\.ndjson cannot be read/],
  ] as const)('%j is answered in words', async (args, status, says) => {
    const ran = await house.run(args);
    expect(ran, ran.out + ran.err).toMatchObject({ status });
    expect(ran.out + ran.err).toMatch(says);
    expect(ran.out + ran.err).not.toMatch(/\n\s+at |Error:/);
    expect(ran.out + ran.err).not.toContain('\u001b');
  });

  it('with --json, mistakes are JSON too', async () => {
    const ran = await house.run(['approvals', 'show', 'nonsense', '--json']);
    expect(ran).toMatchObject({ status: 2, out: '' });
    expect(JSON.parse(ran.err)).toEqual({ error: 'That is not the id of a ticket.', next: expect.stringContaining('Ids look like') });
  });

  it('a data folder where nothing was started yet is said to be one', async () => {
    const empty = openHouseForTest();
    expect(await empty.run(['connect', 'sales', '--code-stdin'], { input: 'x' })).toMatchObject({
      status: 2,
      err: expect.stringMatching(/No policy was published in this data folder yet\.\nRun `trapkey up` once/),
    });
    expect(await empty.run(['--port', '0', 'up'])).toMatchObject({ status: 2, err: expect.stringContaining('nothing starts') });
  });

  it('a port that is taken ends the start, and uses up nothing', async () => {
    const taken = createServer();
    await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', ready));
    const fresh = openHouseForTest({ 'corp.yaml': corp('http://127.0.0.1:9/mcp') });
    const ran = await fresh.run(['--port', String((taken.address() as AddressInfo).port), 'up']);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain('port');
    taken.close();
    const started = await fresh.serve();
    expect(started.code).not.toBe('');
    expect(await started.stop()).toBe(0);
  });
});

describe('--json', () => {
  it.each([
    [['approvals', 'list', '--json'], 0],
    [['stop', 'list', '--json'], 0],
    [['tokens', 'list', '--json'], 0],
    [['enroll', '--list', '--json'], 0],
    [['catalog', 'list', '--json'], 0],
    [['catalog', 'diff', '--json'], 0],
    [['policy', 'check', '--json'], 0],
    [['policy', 'test', '--json'], 0],
    [['policy', 'diff', '--json'], 0],
    [['policy', 'replay', '--json'], 0],
    [['policy', 'schema'], 0],
    [['record', 'show', '0', '--json'], 0],
    [['record', 'verify', '--json'], 0],
    [['record', 'checkpoint', '--json'], 0],
  ] as const)('%j parses', async (args, status) => {
    const ran = await house.run(args);
    expect(ran, ran.err).toMatchObject({ status });
    expect(JSON.parse(ran.out)).toBeTypeOf('object');
  });

  it('of lists of entries is one entry a line', async () => {
    for (const args of [
      ['record', 'list', '--json'],
      ['record', 'export'],
    ]) {
      const lines = (await house.run(args)).out.trimEnd().split('\n');
      expect(lines.length).toBeGreaterThanOrEqual(2);
      for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object');
    }
  });

  it('of commands that change something is what they changed', async () => {
    const credential = ['--as', 'boss@corp.example', '--code-stdin', '--json'];
    const input = { input: gateway.code };
    const told = async (args: readonly string[]) => JSON.parse((await house.run([...args, ...credential], input)).out) as unknown;
    expect(await told(['connect', 'sales'])).toMatchObject({ mcpServers: { 'sales-crm': { type: 'http' } } });
    const [token] = JSON.parse((await house.run(['tokens', 'list', '--json'])).out) as readonly { id: string }[];
    expect(await told(['tokens', 'revoke', token?.id ?? ''])).toMatchObject({ id: token?.id, revokedAtMs: expect.any(Number) });
    expect(await told(['policy', 'apply'])).toMatchObject({ status: 'nothing' });
    const stop = JSON.parse((await house.run(['stop', 'everything', '--reason', 'x', '--json'])).out) as { id: string };
    expect(await told(['release', stop.id, '--reason', 'x'])).toMatchObject([{ id: stop.id }]);
  });
});
