import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, type House, openHouse, sourceProgram } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';

/** Offered on every endpoint. */
const own = ['trapkey_list', 'trapkey_wait'];

let house: House;
let gateway: Gateway;
let samples: string;

beforeAll(async () => {
  house = openHouse({}, {}, sourceProgram);
  gateway = await house.serve({ command: ['start'] });
  samples = join(house.folder, 'samples');
});
afterAll(() => house.remove());

it('prints the URL, the code, and a configuration for each connector of the starter', () => {
  expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(gateway.code).toMatch(/^(\w{5}-){4}\w{5}$/);
  expect(Object.keys(gateway.servers)).toEqual(
    ['files', 'files-act', 'memory', 'memory-act', 'everything'].map((name) => `starter-${name}`),
  );
  for (const { url, headers } of Object.values(gateway.servers)) {
    expect(url.startsWith(`${gateway.url}/p/starter/1.0.0/`)).toBe(true);
    expect(headers.Authorization).toMatch(/^Bearer tk_/);
  }
  expect(existsSync(join(samples, 'quarterly-forecast.csv'))).toBe(true);
});

it('serves the console, and leads there', async () => {
  expect(gateway.stdout()).toContain(`The console: ${gateway.url}/console/`);
  const start = await fetch(gateway.url, { redirect: 'manual' });
  expect(start.headers.get('location')).toBe('/sign-in?to=%2Fconsole%2F');
  expect(await (await fetch(`${gateway.url}/console/`)).text()).toMatch(/src="\/console\/assets\/index-/);
});

describe.each([
  { mode: 'auto', revision: '2026-07-28' },
  { mode: 'legacy', revision: '2025-11-25' },
] as const)('a client of the SDK that negotiates $mode', ({ mode, revision }) => {
  const open = new Map<string, Client>();
  const client = async (name: string): Promise<Client> => {
    const found = open.get(name) ?? (await connect(gateway.servers[`starter-${name}`], mode));
    open.set(name, found);
    return found;
  };
  afterAll(() => Promise.all([...open.values()].map((one) => one.close())));

  it(`speaks ${revision}, and reads files of server-filesystem with structured content`, async () => {
    const files = await client('files');
    expect(files.getNegotiatedProtocolVersion()).toBe(revision);
    const { tools } = await files.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([
      'directory_tree',
      'get_file_info',
      'list_allowed_directories',
      'list_directory',
      'list_directory_with_sizes',
      'read_multiple_files',
      'read_text_file',
      'search_files',
      ...own,
    ]);
    const read = await call(files, 'read_text_file', { path: join(samples, 'quarterly-forecast.csv') });
    expect(read.isError).toBe(false);
    expect(read.structured).toEqual({ content: readFileSync(join(samples, 'quarterly-forecast.csv'), 'utf8') });
  });

  it('sees the narrowed schema, and is refused by it with words', async () => {
    const { tools } = await (await client('files-act')).listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(['create_directory', 'edit_file', 'move_file', ...own, 'write_file']);
    expect(tools.find(({ name }) => name === 'write_file')?.inputSchema).toMatchObject({
      properties: { path: { type: 'string', maxLength: 500 } },
      required: ['path', 'content'],
    });
    const long = await call(await client('files-act'), 'write_file', { path: `${samples}/${'x'.repeat(600)}.md`, content: 'x' });
    expect(long).toMatchObject({ isError: true, structured: undefined, decision: { code: 'invalid_input' } });
    expect(long.text).toContain('Correct the arguments and call again.');
  });

  it('writes a file where it may, and only there', async () => {
    const act = await client('files-act');
    const path = join(samples, `${mode}.md`);
    expect((await call(act, 'write_file', { path, content: '# é\n' })).isError).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('# é\n');
    const outside = join(house.folder, `${mode}-outside.md`);
    const refused = await call(act, 'write_file', { path: outside, content: 'x' });
    expect(refused.text).toMatch(
      /^NOT DONE: not allowed\. Files are written inside the samples folder only \(check_failed, rule check\/files-act\.write_file\/1\)\. Nothing was changed\.\nWho can change this: you@localhost\. Ask: http/,
    );
    expect(existsSync(outside)).toBe(false);
  });

  it('keeps notes with server-memory', async () => {
    expect((await call(await client('memory'), 'read_graph')).structured).toEqual({ entities: [], relations: [] });
    expect((await (await client('memory')).listResources()).resources.length).toBeLessThanOrEqual(1);
  });

  it('is told of progress, as numbers only', async () => {
    const seen: unknown[] = [];
    const ran = await call(
      await client('everything'),
      'trigger-long-running-operation',
      { duration: 0.3, steps: 3 },
      { onprogress: (progress) => seen.push(progress) },
    );
    expect(ran.isError).toBe(false);
    expect(seen).toEqual([
      { progress: 1, total: 3 },
      { progress: 2, total: 3 },
      { progress: 3, total: 3 },
    ]);
  });

  it('gets structured content, prompts and resources of server-everything, and not get-env', async () => {
    const everything = await client('everything');
    const { tools } = await everything.listTools();
    expect(tools.map(({ name }) => name)).not.toContain('get-env');
    const weather = await call(everything, 'get-structured-content', { location: 'New York' });
    expect(weather.structured).toEqual({ temperature: 33, conditions: 'Cloudy', humidity: 82 });
    const env = await call(everything, 'get-env');
    expect(env).toMatchObject({ isError: true, decision: { code: 'not_offered' } });
    const { prompts } = await everything.listPrompts();
    expect(prompts.map(({ name }) => name)).toContain('simple-prompt');
    expect((await everything.getPrompt({ name: 'args-prompt', arguments: { city: 'Bern' } })).messages[0]?.content).toMatchObject({
      text: expect.stringContaining('Bern'),
    });
    expect((await everything.readResource({ uri: 'demo://resource/dynamic/text/1' })).contents[0]).toMatchObject({
      uri: 'demo://resource/dynamic/text/1',
    });
    await expect(everything.readResource({ uri: 'file:///etc/passwd' })).rejects.toThrow(/NOT DONE/);
    await expect(everything.getPrompt({ name: 'no-such-prompt' })).rejects.toThrow(/NOT DONE/);
  });

  it('cancels a call, and goes on', async () => {
    const everything = await client('everything');
    const abort = new AbortController();
    const running = call(
      everything,
      'trigger-long-running-operation',
      { duration: 20, steps: 20 },
      { signal: abort.signal, onprogress: () => abort.abort() },
    );
    await expect(running).rejects.toThrow();
    expect((await call(everything, 'echo', { message: 'still here' })).text).toContain('still here');
  });
});

it('prints one line for each decided call, plain where stdout is no terminal', async () => {
  await gateway.says(/allowed starter@1\.0\.0 files\.read_text_file allowed · tier\/low you@localhost/);
  await gateway.says(/refused starter@1\.0\.0 files-act\.write_file check_failed · check\/files-act\.write_file\/1 you@localhost/);
  await gateway.says(/refused starter@1\.0\.0 everything\.get-env not_offered/);
  await gateway.says(/unknown\s+starter@1\.0\.0 everything\.trigger-long-running-operation/);
  expect(gateway.stdout()).not.toContain('\u001b');
  expect(gateway.stdout().match(/files\.read_text_file/g)).toHaveLength(2);
  expect(gateway.stderr()).toBe('');
});

it('ends in order on Ctrl-C, and starts again without showing the code again', async () => {
  expect(await gateway.stop()).toBe(0);
  const again = await house.serve({ command: ['start'] });
  expect(again.code).toBe('');
  expect(again.servers).toEqual({});
  expect(again.stdout()).toContain('connect starter');
  const verified = await house.run(['record', 'verify']);
  expect(verified, verified.out + verified.err).toMatchObject({ status: 0 });
  expect(await again.stop()).toBe(0);
});
