import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAs, entriesOf, type Gateway, type House, openHouse, type Servers, until } from '../support/e2e.ts';
import { call, connect, post } from '../support/e2e-client.ts';
import { ann, boss } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream, text } from '../support/e2e-upstream.ts';

const badServer = new URL('../upstream/bad-server.ts', import.meta.url).pathname;
const stdioTools = ['echo', 'hang', 'die', 'flood', 'noise', 'shapeless', 'oversize', 'peek'];
const policy = (url: string) => `
organization: corp
owner: boss@corp.example
solo: true
approvals: { high: { approvers: [boss@corp.example], needs: 1, expires: 1h } }
---
directory: [{ person: ann@corp.example, groups: [team] }]
---
connection: local
owner: ops@corp.example
upstream: { command: ["\${env:TRAPKEY_STARTER_NODE}", "${badServer}"] }
call_timeout: 2s
---
connector: local
tools:
${stdioTools.map((name) => `  ${name}: { effect: read }`).join('\n')}
---
connection: remote
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
call_timeout: 20s
---
connector: remote
access: read-write
because: The tests see what is written
tools:
  fine: { effect: read }
  lies: { effect: read }
  garbage: { effect: read }
  hangs_up: { effect: write, reversible: true, reach: "1" }
  waits: { effect: write, reversible: true, reach: "1" }
---
plugin: odd
owner: ops@corp.example
for: ["group:team"]
release: { version: 1.0.0 }
connectors: [local, remote]
autonomy: { remote.hangs_up: unattended, remote.waits: unattended }
`;

let upstream: RecordingUpstream;
let answerWaiting: () => void = () => {};
let house: House;
let gateway: Gateway;
let servers: Servers;
let local: Client;
let remote: Client;

beforeAll(async () => {
  const n = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  upstream = await startUpstream({
    fine: {
      inputSchema: { type: 'object', properties: { id: { type: 'string' } }, additionalProperties: false },
      answer: () => text('fine'),
    },
    lies: { outputSchema: n, answer: () => ({ ...text('{"n":"none"}'), structuredContent: { n: 'none', secret: 'leaked' } }) },
    garbage: {
      answer: (_, { response }) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('<html>leaked');
        return undefined;
      },
    },
    hangs_up: {
      answer: (_, { response }) => {
        response.destroy();
        return undefined;
      },
    },
    waits: {
      answer: () =>
        new Promise((resolve) => {
          answerWaiting = () => resolve(text('leaked'));
        }),
    },
  });
  house = openHouse({ 'corp.yaml': policy(upstream.url) }, { SECRET_OF_THE_GATEWAY: 'do-not-show-this' });
  gateway = await house.serve({ command: ['up', '--admin', boss] });
  servers = await connectAs(house, 'odd', gateway.code, ['--person', ann]);
  [local, remote] = await Promise.all([connect(servers['odd-local']), connect(servers['odd-remote'])]);
});
afterAll(async () => {
  await Promise.all([local?.close(), remote?.close()]);
  house?.remove();
  await upstream?.close();
});

/** The newest `executed` entry of a tool. */
const executed = async (tool: string) => (await entriesOf(house, `kind:executed tool:${tool}`)).at(-1);
const serves = async () => expect((await call(local, 'echo', { text: 'here' })).text).toContain('here');

describe('an upstream that misbehaves', () => {
  it('that hangs is cancelled in time, and nobody says that nothing happened', async () => {
    const heard = await call(local, 'hang');
    expect(heard.text).toMatch(/^NOT KNOWN WHETHER DONE\. The connector gave no answer, so whether it happened is not known/);
    expect(await executed('hang')).toMatchObject({ outcome: 'unknown', code: 'upstream_failed' });
    await serves();
  });

  it('that dies is started again by the next call', async () => {
    expect((await call(local, 'die')).text).toMatch(/^NOT KNOWN WHETHER DONE\./);
    expect(await executed('die')).toMatchObject({ outcome: 'unknown' });
    await serves();
  });

  it('that floods, prints noise or answers without shape is cut off, and serves again', async () => {
    const flood = await call(local, 'flood');
    expect(flood).toMatchObject({ isError: true, decision: { code: 'upstream_invalid' } });
    // What still pours ends the process, and may take a call with it; then it serves again.
    await until('it serves again', async () => !(await call(local, 'echo', { text: 'dry' })).isError);
    const noise = await call(local, 'noise');
    expect(noise.text).toContain('through the noise');
    const shapeless = await call(local, 'shapeless');
    expect(shapeless).toMatchObject({ isError: true, decision: { code: 'upstream_invalid' } });
    expect(shapeless.text).toMatch(/^DONE, BUT THE RESULT IS WITHHELD\./);
    expect(await executed('shapeless')).toMatchObject({ outcome: 'withheld', code: 'upstream_invalid' });
    await serves();
  });

  it('that breaks its own schema, or talks nonsense: withheld, and not a word of it is shown', async () => {
    for (const tool of ['lies', 'garbage']) {
      const heard = await call(remote, tool);
      expect(heard, tool).toMatchObject({ isError: true, structured: undefined, decision: { code: 'upstream_invalid' } });
      expect(heard.text).not.toContain('leaked');
      expect(await executed(tool)).toMatchObject({ outcome: 'withheld', code: 'upstream_invalid' });
    }
    const cut = await call(remote, 'hangs_up');
    expect(cut.text).toMatch(/^NOT KNOWN WHETHER DONE\./);
    expect(await executed('hangs_up')).toMatchObject({ outcome: 'unknown' });
    expect(upstream.calls.filter(({ name }) => name === 'hangs_up')).toHaveLength(1);
    expect((await call(remote, 'fine')).text).toContain('fine');
  });

  it('that looks around sees neither the environment nor the data of the gateway', async () => {
    const { text: seen } = await call(local, 'peek', { path: house.data });
    expect(seen).not.toContain('do-not-show-this');
    expect(seen).not.toContain('trapkey.db');
    expect(seen).not.toContain('signing');
    expect(readdirSync(house.data)).toContain('trapkey.db');
  });
});

describe('input that is not as it should be', () => {
  const raw = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    post(servers['odd-remote'], 'tools/call', { name: 'fine' }, { body, headers });
  const message = (args: string, more = '') =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"fine","arguments":${args}${more},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`;

  it.each([
    ['malformed JSON', () => raw('{"jsonrpc":'), 400, -32700],
    ['the same key twice', () => raw(message('{"id":"a","id":"b"}')), 400, -32700],
    ['a lone surrogate', () => raw(message('{"id":"\\ud800"}')), 400, -32700],
    ['nested too deeply', () => raw(message(`{"id":${'['.repeat(500)}${']'.repeat(500)}}`)), 400, -32700],
    ['a body that is too large', () => raw(message(`{"id":"${'x'.repeat(5_000_000)}"}`)), 413, -32600],
    [
      'a large body of somebody who is not let in',
      () => raw(message(`{"id":"${'x'.repeat(3_000_000)}"}`), { Authorization: 'Bearer tk_nobody' }),
      401,
      40100,
    ],
    ['a header that names another method', () => raw(message('{}'), { 'mcp-method': 'tools/list' }), 400, -32020],
    ['a header that names another tool', () => raw(message('{}'), { 'mcp-name': 'lies' }), 400, -32020],
    ['an unknown method', () => post(servers['odd-remote'], 'tools/destroy', {}), 404, -32601],
  ] as const)('%s: a precise error, and nothing is called', async (_, ask, status, code) => {
    const before = upstream.calls.length;
    const reply = await ask();
    expect(reply.status).toBe(status);
    expect(((await reply.json()) as { error: { code: number } }).error.code).toBe(code);
    expect(upstream.calls).toHaveLength(before);
  });

  it('each left an entry, and the gateway serves on', async () => {
    const said = await until('all are written down', async () => {
      const entries = await entriesOf(house, 'kind:decided code:invalid_input');
      return entries.reduce((sum, { count }) => sum + Number(count ?? 0), 0) >= 7 && entries;
    });
    expect(said.every((entry) => entry['on_behalf_of'] === ann && entry['connector'] === 'remote')).toBe(true);
    await serves();
  });

  it('an unknown tool, invalid arguments: refused as results, with an entry', async () => {
    const before = upstream.calls.length;
    expect(await call(remote, 'nothing')).toMatchObject({ isError: true, decision: { code: 'not_offered' } });
    for (const args of [{ id: 1 }, { id: 'a', more: true }]) {
      const heard = await call(remote, 'fine', args);
      expect(heard).toMatchObject({ isError: true, decision: { code: 'invalid_input' } });
      expect(heard.text).toContain('Correct the arguments and call again.');
    }
    expect(upstream.calls).toHaveLength(before);
    expect((await entriesOf(house, 'kind:decided tool:nothing')).at(-1)).toMatchObject({ verdict: 'deny', code: 'not_offered' });
  });

  it('an unknown plugin, version or connector lets nobody in, and does not say what exists', async () => {
    const known = servers['odd-remote']?.url ?? '';
    const answers = await Promise.all(
      ['/p/none/1.0.0/remote', '/p/odd/9.9.9/remote', '/p/odd/1.0.0/none'].map(async (path) => {
        const reply = await post(
          { url: new URL(path, known).href, headers: servers['odd-remote']?.headers ?? { Authorization: '' } },
          'tools/list',
          {},
        );
        return { status: reply.status, body: await reply.json() };
      }),
    );
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
  });
});

describe('a database that another process holds', () => {
  const held = async <T>(work: (letGo: () => void) => Promise<T>): Promise<T> => {
    const other = new DatabaseSync(join(house.data, 'trapkey.db'), { timeout: 30_000 });
    other.exec('BEGIN EXCLUSIVE');
    let holds = true;
    const letGo = () => {
      if (holds) other.exec('ROLLBACK');
      holds = false;
    };
    try {
      return await work(letGo);
    } finally {
      letGo();
      other.close();
    }
  };

  it('refuses calls without calling anything, and goes on when it is let go', async () => {
    const before = upstream.calls.length;
    const refused = await held(() => call(remote, 'fine'));
    expect(refused).toMatchObject({ isError: true, decision: { code: 'record_unavailable' } });
    expect(refused.text).toContain('Nothing was changed.');
    expect(upstream.calls).toHaveLength(before);
    await until('calls run again', async () => !(await call(remote, 'fine')).isError);
  });

  it('withholds the result of what was already running, and says that it was done', async () => {
    const running = call(remote, 'waits');
    await until('it is at the upstream', () => upstream.open() === 1);
    const heard = await held(async () => {
      answerWaiting();
      return await running;
    });
    expect(heard).toMatchObject({ isError: true, decision: { code: 'result_withheld' } });
    expect(heard.text).toMatch(/^DONE, BUT THE RESULT IS WITHHELD\./);
    expect(heard.text).not.toContain('leaked');
    await until('calls run again', async () => !(await call(remote, 'fine')).isError);
    // What happened is open in the record until a start closes it: absence of `executed` is evidence too.
    expect(await executed('waits')).toBeUndefined();
    expect(await gateway.stop()).toBe(0);
    const again = await house.serve();
    expect((await entriesOf(house, 'kind:closed tool:waits')).map(({ outcome }) => outcome)).toEqual(['unknown']);
    expect((await house.run(['record', 'verify'])).status).toBe(0);
    expect(await again.stop()).toBe(0);
  });

  it('makes a command say so in words, with an exit code of its own', async () => {
    const ran = await held(() => house.run(['connect', 'odd', '--person', ann, '--code-stdin'], { input: gateway.code }));
    expect(ran.status).toBe(3);
    expect(ran.err).toContain('database');
    expect(ran.err).not.toMatch(/\n\s+at /);
  });
});
