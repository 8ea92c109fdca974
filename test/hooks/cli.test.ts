import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { askGateway } from '../../packages/server/src/cli/hook.ts';
import { managedSettings, pluginFiles } from '../../packages/server/src/cli/settings-files.ts';
import { type House, openHouse } from '../incidents/house.ts';
import { type Claude, claude, toolUse } from './client.ts';
import { hookFixture } from './policy.ts';

const { main } = inject('serving');

let house: House;
let ann: Claude;
beforeAll(async () => {
  house = await openHouse(hookFixture(), 'governed');
  ann = await claude(house, 'ann@corp.example');
}, 60_000);
afterAll(() => house.close());

/** Runs the hook as Claude Code does: the event on standard input, the answer on standard output, 2 to block. */
async function hook(input: string, args: readonly string[], env: Readonly<Record<string, string>> = { TRAPKEY_TOKEN: ann.token }) {
  const child = spawn(process.execPath, [main, 'hook', ...args], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += chunk));
  child.stderr.on('data', (chunk) => (said.err += chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { status, ...said };
}

async function impostor(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

const event = (command: string) =>
  JSON.stringify({
    session_id: ann.session,
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command },
    tool_use_id: toolUse(),
  });

describe('trapkey hook', { timeout: 60_000 }, () => {
  it('passes the gateway’s answer on', async () => {
    const { status, out } = await hook(event('curl x'), ['--url', house.url]);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      hookSpecificOutput: { permissionDecision: 'deny', permissionDecisionReason: expect.stringContaining('No curl from here') },
    });
  });

  it('blocks when nobody is there', async () => {
    const gone = await impostor(() => undefined);
    gone.close();
    const { status, out, err } = await hook(event('ls'), ['--url', gone.url]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(
      `NOT DONE: Trapkey could not be asked, so nothing runs. The gateway at ${gone.url} did not answer (ECONNREFUSED).`,
    );
  });

  it('takes no answer of somebody else, and asks nobody without a token', async () => {
    const other = await impostor((_, res) => res.end('<html>Sign in to the network</html>'));
    const away = await impostor((_, res) => res.writeHead(302, { location: `${house.url}/hooks/claude` }).end());
    const silent = await impostor(() => undefined);
    const asked = (url: string | undefined, token?: string, timeout = '10s') =>
      askGateway(
        { ...(url !== undefined && { url }), timeout },
        { stdin: Readable.from([event('ls')]), env: token === undefined ? {} : { TRAPKEY_TOKEN: token } },
      );
    await expect(asked(other.url, ann.token)).rejects.toThrow('is no gateway');
    await expect(asked(away.url, ann.token)).rejects.toThrow('did not answer');
    await expect(asked(silent.url, ann.token, '50ms')).rejects.toThrow('did not answer (TimeoutError)');
    await expect(asked(house.url)).rejects.toThrow('No token came');
    await expect(asked(undefined, ann.token)).rejects.toThrow('No gateway is named');
    await expect(asked('file:///etc', ann.token)).rejects.toThrow('No gateway is named');
    for (const one of [other, away, silent]) one.close();
  });

  it('tells the start of a session, which clients tell to no HTTP hook', async () => {
    const start = JSON.stringify({ session_id: ann.session, hook_event_name: 'SessionStart', source: 'startup', model: 'claude-opus-5' });
    const terminal = { stdin: Readable.from([start]), env: { TRAPKEY_TOKEN: ann.token } };
    expect(await askGateway({ url: house.url, timeout: '10s' }, terminal)).toBe('{}');
  });
});

describe('generated settings', () => {
  const choice = { url: 'https://gw.example', form: 'http', matcher: '.*', tokenFile: undefined } as const;
  type Hooks = Readonly<
    Record<string, readonly [{ readonly matcher?: string; readonly hooks: readonly [Readonly<Record<string, unknown>>] }]>
  >;
  const hooksIn = (value: object) => (value as { readonly hooks: Hooks }).hooks;

  it('ask for every tool, and block where nobody answers', () => {
    const hooks = hooksIn(managedSettings(choice));
    expect(hooks['PreToolUse']).toEqual([
      {
        matcher: '.*',
        hooks: [
          {
            type: 'http',
            url: 'https://gw.example/hooks/claude',
            headers: { Authorization: `Bearer \${TRAPKEY_TOKEN}` },
            allowedEnvVars: ['TRAPKEY_TOKEN'],
            timeout: 15,
            onFailure: 'block',
          },
        ],
      },
    ]);
    // Clients skip HTTP hooks at the start of a session.
    expect(hooks['SessionStart']?.[0].hooks[0]).toMatchObject({ type: 'command', command: 'trapkey hook --url https://gw.example' });
    // A hook that blocks at the end would keep the client from ever ending.
    expect(hooks).not.toHaveProperty('Stop');
    expect(hooks['SubagentStop']?.[0].hooks[0]).toMatchObject({ onFailure: 'continue' });
    expect(hooksIn(managedSettings({ ...choice, matcher: 'mcp__.*' }))['PreToolUse']?.[0].matcher).toBe('mcp__.*');
  });

  it('are the same bytes each time, and quote what goes through a shell', () => {
    expect(JSON.stringify(managedSettings(choice))).toBe(JSON.stringify(managedSettings({ ...choice })));
    expect(pluginFiles(choice, '1.0.0')).toEqual(pluginFiles({ ...choice }, '1.0.0'));
    const hooks = hooksIn(managedSettings({ ...choice, form: 'command', tokenFile: "~/it's; rm -r /" }));
    expect(hooks['PreToolUse']?.[0].hooks[0]).toMatchObject({
      type: 'command',
      command: `trapkey hook --url https://gw.example --token-file '~/it'\\''s; rm -r /'`,
      onFailure: 'block',
    });
  });

  it('carry into a plugin that has nothing else', () => {
    const files = pluginFiles(choice, '1.0.0');
    expect(Object.keys(files)).toEqual(['.claude-plugin/plugin.json', 'hooks/hooks.json']);
    expect(JSON.parse(files['hooks/hooks.json'] ?? '')).toMatchObject({ hooks: hooksIn(managedSettings(choice)) });
  });
});
