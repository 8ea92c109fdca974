import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Entry } from '@trapkey/contract/entry.ts';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { recordCommands } from '../../packages/server/src/cli/record.ts';
import { openRecordHouse } from '../../packages/server/src/effects/record/house.ts';
import { parseQuery } from '../../packages/server/src/effects/record/query/parse.ts';
import { verifyFile } from '../../packages/server/src/effects/record/verify-file.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { callEntries, openTestRecord, type TestRecord, writeCalls } from './make.ts';

const now = Date.UTC(2026, 5, 6, 15);

describe.each(databases)('reading the record on $name', ({ fresh }) => {
  let one: FreshDatabase;
  let record: TestRecord;
  let folder: string;
  let closed = 0;

  beforeAll(async () => {
    one = await fresh();
    folder = await mkdtemp(join(tmpdir(), 'trapkey-house-'));
    record = openTestRecord(one.database);
    await writeCalls(record, 10, 10);
    const held = callEntries(10).map((entry): typeof entry =>
      entry.kind === 'decided' ? { ...entry, verdict: 'hold', code: 'approval_needed', approval: null, ticket: 'TK-0000000000' } : entry,
    );
    await record.recorder.commit({ entries: held.slice(0, 2) });
    await record.recorder.commit({
      entries: [
        {
          timestamp: '2026-06-06T14:30:00.000Z',
          kind: 'attributed',
          call: 'C3',
          model: 'claude-sonnet-4.6',
          agent: { id: 'a1', depth: 1 },
        },
      ],
    });
  });
  afterAll(async () => {
    await record.recorder.close();
    await one.drop();
    await rm(folder, { recursive: true });
  });
  afterEach(() => {
    process.exitCode = 0;
  });

  const house = () =>
    openRecordHouse({
      reader: record.reader,
      recorder: record.recorder,
      clock: () => now,
      by: { person: 'auditor@corp.example', assurance: 'claimed' },
      publicKey: record.publicKey,
      sign: record.checkpoint,
      policyAt: async () => undefined,
      close: async () => {
        closed += 1;
      },
    });
  /** Runs the command line as a person would. */
  const run = async (...words: readonly string[]) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const program = new Command()
      .exitOverride()
      .configureOutput({ writeOut: (out) => stdout.write(out), writeErr: (err) => stderr.write(err) });
    recordCommands(program, { open: async () => house(), verifyFile }, { stdin: new PassThrough(), stdout, stderr, env: {} });
    let failed: unknown;
    try {
      await program.parseAsync(['record', ...words], { from: 'user' });
    } catch (error) {
      failed = error;
    }
    stdout.end();
    stderr.end();
    return { out: await text(stdout), err: await text(stderr), failed, code: process.exitCode };
  };
  const found = async (query: string) => (await house().list(query, { limit: 100 })).entries.map(({ entry }) => entry);

  it('finds by columns, by parsed fields, by names that the ledger does not have, and by words', async () => {
    expect(await found('verdict:hold')).toEqual([31]);
    expect(await found('kind:executed call:C3')).toEqual([11]);
    expect(await found('on_behalf_of:person3@corp.example kind:requested')).toEqual([30, 9]);
    expect(await found('"account/4" plugin:sales-outreach')).toEqual([14]);
    expect(await found('approval:human:m.osei@corp.example -kind:executed call:C1')).toEqual([4]);
    expect(await found('since:24h until:30m kind:attributed')).toEqual([]);
    expect(await found('since:24h kind:attributed')).toEqual([32]);
  });

  it('pages newest first without skipping or repeating', async () => {
    const seen: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = await house().list('', { limit: 7, ...(before !== undefined && { before }) });
      seen.push(...page.entries.map(({ entry }) => entry));
      before = page.next;
      if (before === undefined) break;
    }
    expect(seen).toEqual(Array.from({ length: 33 }, (_, i) => 32 - i));
    const scanned = await record.reader.list(parseQuery('call:none "x"', now), { limit: 5, scanMax: 3 });
    expect(scanned).toEqual({ entries: [], next: undefined });
    expect(await record.reader.list(parseQuery('"C0000"', now), { limit: 5, scanMax: 3 })).toEqual({ entries: [], next: 30 });
  });

  it('merges what was learned later, and the entry itself has the last word', async () => {
    const shown = await house().show('trapkey:C3');
    expect(shown?.entries.map(({ kind, model, agent }) => [kind, model, agent?.id])).toEqual([
      ['requested', 'claude-sonnet-4.6', 'a1'],
      ['decided', 'claude-sonnet-4.6', 'a1'],
      ['executed', 'claude-sonnet-4.6', 'a1'],
      ['attributed', 'claude-sonnet-4.6', 'a1'],
    ]);
    expect((await house().show('9'))?.entries[0]).toMatchObject({ entry: 9, kind: 'requested', on_behalf_of: 'person3@corp.example' });
    expect(await house().show('trapkey:nothing')).toBeUndefined();
  });

  it('follows what is committed while it looks', async () => {
    const end = new AbortController();
    const seen: Entry[] = [];
    const following = (async () => {
      for await (const entry of house().follow('kind:executed', 32, end.signal)) {
        seen.push(entry);
        if (seen.length === 3) end.abort();
      }
    })();
    for (const n of [20, 21, 22]) await record.recorder.commit({ entries: callEntries(n) });
    await following;
    expect(seen.map(({ call }) => call)).toEqual(['C20', 'C21', 'C22']);
  });

  it('lists on one line each, as NDJSON with --json, and takes terms that start with a minus', async () => {
    const { out, failed } = await run('list', 'call:C3', '-kind:attributed', '--json');
    expect(failed).toBeUndefined();
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).kind),
    ).toEqual(['executed', 'decided', 'requested']);
    const words = await run('list', 'verdict:hold');
    expect(words.out).toBe(
      '     31  2026-06-06T14:00:00.010Z  decided    hold  mail.send_email  approval_needed  person3@corp.example  sales-outreach@2.1  TK-0000000000  C10\n',
    );
    expect((await run('list', 'verdict:hodl')).failed).toMatchObject({ message: expect.stringContaining('the nearest is hold') });
    expect((await run('list', '--limt', '3')).failed).toMatchObject({ message: expect.stringContaining('--limt is no option') });
  });

  it('explains a call in sentences', async () => {
    const { out } = await run('explain', 'trapkey:C4');
    expect(out).toContain('person4@corp.example asked for mail.send_email through sales-outreach@2.1');
    expect(out).toContain('The verdict was allow (approved), by rule approvals/mail.send_email, with human:m.osei@corp.example.');
    expect(out).toContain('What came of it: done.');
    expect(JSON.parse((await run('explain', 'C10', '--json')).out)).toMatchObject({
      verdict: 'hold',
      rule: 'approvals/mail.send_email',
      outcome: null,
      would_stop: [],
    });
    expect((await run('explain', 'C999')).failed).toMatchObject({ message: 'There is nothing recorded as C999.' });
  });

  it('exports to a new file, which is recorded and in the export, and verifies it', async () => {
    const file = join(folder, 'record.ndjson');
    const head = join(folder, 'head.txt');
    await writeFile(head, (await run('checkpoint')).out);
    expect((await run('export', '--out', file, '--reason', 'audit')).failed).toBeUndefined();
    expect((await readFile(file, 'utf8')).trimEnd().split('\n').at(-2)).toMatch(/"action":"record.export".*"reason":"audit"/);
    const verified = await run('verify', file, '--key', record.publicKey, '--checkpoint', head);
    expect(verified.out).toContain('a signed head kept elsewhere confirms it up to');
    expect(verified.code).toBe(0);
    await writeFile(file, (await readFile(file, 'utf8')).replace('person4@corp.example', 'person5@corp.example'));
    const changed = await run('verify', file, '--key', record.publicKey, '--json');
    expect(changed.code).toBe(1);
    expect(JSON.parse(changed.out)).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([expect.objectContaining({ kind: 'name' })]),
    });
    expect((await run('export', '--out', file)).failed).toMatchObject({ message: expect.stringContaining('EEXIST') });
    expect((await run('verify', join(folder, 'none'), '--key', record.publicKey)).failed).toMatchObject({
      message: expect.stringContaining('cannot be read'),
    });
    expect((await run('verify')).out).toContain('complete up to');
  });

  it('shows nothing of an entry that could steer a terminal, and closes the house each time', async () => {
    await record.recorder.commit({
      entries: callEntries(30, { actor: 'x\u001b[2Jy', tool: 'a\u001b]0;b\u0007', on_behalf_of: 'eve\u202e@corp.example' }),
    });
    const { out } = await run('list', 'call:C30');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not come through.
    expect(out).not.toMatch(/[\u001b\u0007\u202e]/);
    expect((await run('show', 'C30')).out).not.toContain('\u001b');
    expect(closed).toBeGreaterThan(10);
  });

  it('has help with examples', async () => {
    const { out } = await run('--help');
    expect(out).toContain('trapkey record verify record.ndjson --key key.txt --checkpoint head.txt');
  });
});
