import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAs, entriesOf, type Gateway, type House, openHouse } from '../support/e2e.ts';
import { call, connect, type Heard } from '../support/e2e-client.ts';
import { ann, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

let upstream: RecordingUpstream;
let house: House;
let gateway: Gateway;
let allowed: Heard;
let denied: Heard;
let head: string;
let key: string;
let exported: string;

const path = (name: string) => join(house.folder, name);
const citationOf = (heard: Heard) => /trapkey:[0-9A-Z]+/.exec(heard.text)?.[0] ?? '';

beforeAll(async () => {
  upstream = await startUpstream({
    look: { answer: () => ({ content: [{ type: 'text', text: 'account 4821' }] }) },
    slow: {},
    note: {},
    slow_note: {},
    send: { inputSchema: { type: 'object', properties: { to: { type: 'array' }, subject: { type: 'string' } } } },
  });
  house = openHouse({ 'corp.yaml': corp(upstream.url) });
  gateway = await house.serve({ command: ['up', '--admin', boss] });
  const servers = await connectAs(house, 'sales', gateway.code, ['--person', ann]);
  const [look, act] = await Promise.all([connect(servers['sales-crm']), connect(servers['sales-crm-act'])]);
  allowed = await call(look, 'look', { id: 'a-secret-id' });
  await call(act, 'note', { id: '1' });
  denied = await call(look, 'send', { to: ['x'] });
  await call(act, 'send', { to: ['x@corp.example'], subject: 'hello' });
  await Promise.all([look.close(), act.close()]);
});
afterAll(async () => {
  house?.remove();
  await upstream?.close();
});

it('lists by the words of the entries themselves', async () => {
  const kinds = async (query: string) =>
    (await entriesOf(house, query)).map(({ kind, tool, verdict }) => [kind, tool, verdict].filter(Boolean).join(' '));
  expect(await kinds('connector:crm -kind:admin')).toEqual([
    'requested look',
    'decided look allow',
    'executed look allow',
    'requested send',
    'decided send deny',
  ]);
  expect(await kinds('verdict:hold since:1h')).toEqual(['decided send hold', 'held send hold']);
  expect(await kinds('kind:decided -verdict:allow')).toEqual(['decided send deny', 'decided send hold']);
  expect(await kinds('kind:executed until:2020-01-01')).toEqual([]);
  const text = await house.run(['record', 'list', 'verdict:deny']);
  expect(text.out).toMatch(/^ +\d+ {2}\S+Z {2}decided {4}deny {2}crm\.send {2}not_offered {2}ann@corp\.example {2}sales@1\.0\.0/);
  const page = await house.run(['record', 'list', '--limit', '2']);
  const before = /more: --before (\d+)/.exec(page.out)?.[1] ?? '';
  expect((await house.run(['record', 'list', '--limit', '2', '--before', before])).out).toContain('Z');
});

it('a citation in the result resolves to what was recorded of the call', async () => {
  const citation = citationOf(allowed);
  const shown = JSON.parse((await house.run(['record', 'show', citation, '--json'])).out) as {
    readonly entries: readonly Record<string, unknown>[];
  };
  expect(shown.entries.map(({ kind }) => kind)).toEqual(['requested', 'decided', 'executed']);
  const fields = Object.keys(shown.entries[2] ?? {});
  expect(fields.slice(0, 4)).toEqual(['timestamp', 'actor', 'on_behalf_of', 'action']);
  expect(shown.entries[2]).toMatchObject({
    on_behalf_of: ann,
    plugin: 'sales@1.0.0',
    connector: 'crm',
    tool: 'look',
    outcome: 'done',
    effect: 'read',
    tier: 'low',
  });
  expect((await house.run(['record', 'show', '0'])).out).toContain('timestamp');
});

it('explains why, by which rule, and what would have stopped it', async () => {
  const explained = JSON.parse((await house.run(['record', 'explain', citationOf(allowed), '--json'])).out) as {
    readonly rule: string;
    readonly says: readonly string[];
    readonly would_stop: readonly unknown[];
  };
  expect(explained.rule).toBe('tier/low');
  expect(explained.would_stop.length).toBeGreaterThan(0);
  const words = await house.run(['record', 'explain', String(denied.decision?.['call'])]);
  expect(words.out).toContain('not_offered');
  expect(words.out).toContain('rule    ');
});

it('keeps arguments, results and people out of the stored lines', () => {
  const stored =
    readFileSync(join(house.data, 'trapkey.db')).toString('latin1') + readFileSync(join(house.data, 'trapkey.db-wal')).toString('latin1');
  expect(stored).not.toContain('a-secret-id');
  expect(stored).not.toContain('account 4821');
  expect(statSync(join(house.data, 'trapkey.db')).mode & 0o077).toBe(0);
  expect(statSync(join(house.data, 'keys', 'master.key')).mode & 0o077).toBe(0);
});

it('exports what an auditor verifies alone, with the key and a head kept elsewhere', async () => {
  const checkpoint = await house.run(['record', 'checkpoint']);
  head = checkpoint.out;
  key = /Public key: (\S+)/.exec(checkpoint.err)?.[1] ?? '';
  writeFileSync(path('head.txt'), head);
  writeFileSync(path('key.txt'), `${key}\n`);
  expect(await house.run(['record', 'export', '--out', path('record.ndjson'), '--reason', 'audit 2026'])).toMatchObject({ status: 0 });
  expect(await house.run(['record', 'export', '--out', path('record.ndjson')])).toMatchObject({
    status: 2,
    err: expect.stringContaining('record.ndjson'),
  });
  exported = readFileSync(path('record.ndjson'), 'utf8');
  expect(exported).toContain(ann);
  expect((await entriesOf(house, 'kind:admin')).some(({ reason }) => reason === 'audit 2026')).toBe(true);
  await gateway.stop();
  const elsewhere = openHouse();
  try {
    const verify = async (text: string, more: readonly string[] = ['--key', path('key.txt'), '--checkpoint', path('head.txt')]) => {
      writeFileSync(join(elsewhere.folder, 'copy.ndjson'), text);
      const ran = await elsewhere.run(['record', 'verify', join(elsewhere.folder, 'copy.ndjson'), ...more, '--json'], { located: false });
      return {
        status: ran.status,
        report: JSON.parse(ran.out) as {
          readonly ok: boolean;
          readonly findings: readonly { readonly says?: string; readonly entry?: number }[];
        },
      };
    };
    expect(await verify(exported)).toMatchObject({ status: 0, report: { ok: true, findings: [] } });
    const alone = await elsewhere.run(['record', 'verify', path('record.ndjson')], { located: false });
    expect(alone.out).toContain('nothing outside confirms it');

    // One byte of one entry: found, and named by its number.
    const lines = exported.split('\n');
    const at = lines.findIndex((line) => line.includes('not_offered'));
    const entry = (await entriesOf(house, 'code:not_offered'))[0]?.['entry'];
    const flipped = lines.with(at, (lines[at] ?? '').replace('not_offered', 'not_offeree')).join('\n');
    const found = await verify(flipped);
    expect(found).toMatchObject({ status: 1, report: { ok: false } });
    expect(JSON.stringify(found.report.findings)).toContain(String(entry));
    // A line that is gone, and an end that was cut off.
    expect(await verify(lines.toSpliced(at, 1).join('\n'))).toMatchObject({ status: 1 });
    expect(await verify(lines.slice(0, -4).join('\n'))).toMatchObject({ status: 1 });
    // Another's key is not the key.
    const other = `${key.slice(0, -8)}${key.slice(-8, -4) === 'AAAA' ? 'BBBB' : 'AAAA'}${key.slice(-4)}`;
    const stranger = await elsewhere.run(['record', 'verify', path('record.ndjson'), '--key', other], { located: false });
    expect(stranger.status).not.toBe(0);
  } finally {
    elsewhere.remove();
  }
});

it('a byte that was changed in the database itself is found by its number', async () => {
  const { DatabaseSync } = await import('node:sqlite');
  const other = new DatabaseSync(join(house.data, 'trapkey.db'));
  const row = other.prepare("SELECT entry, bytes FROM ledger WHERE kind = 'executed' LIMIT 1").get() as { entry: number; bytes: string };
  other.prepare('UPDATE ledger SET bytes = ? WHERE entry = ?').run(row.bytes.replace('"done"', '"dond"'), row.entry);
  other.close();
  const verified = await house.run(['record', 'verify', '--checkpoint', path('head.txt')]);
  expect(verified.status).toBe(1);
  expect(verified.out).toContain(String(row.entry));
});
