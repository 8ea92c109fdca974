import type { Entry } from '@trapkey/contract/entry.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecord } from '../../packages/server/src/effects/record/export.ts';
import { matcherOf } from '../../packages/server/src/effects/record/query/match.ts';
import { parseQuery } from '../../packages/server/src/effects/record/query/parse.ts';
import { linesOf } from '../../packages/server/src/effects/record/split.ts';
import { type VerifyReport, verifyExport } from '../../packages/server/src/effects/record/verify.ts';
import { UserError } from '../../packages/server/src/kernel/errors.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { openTestRecord, type TestRecord, writeCalls } from './make.ts';

async function* chunked(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 5_000) yield bytes.subarray(at, at + 5_000);
}

describe.each(databases)('an export from $name', ({ fresh }) => {
  let one: FreshDatabase;
  let record: TestRecord;
  let notes: readonly string[];
  let lines: readonly string[];
  const verify = (changed: readonly string[], checkpoints: readonly string[] = []): Promise<VerifyReport> =>
    verifyExport(linesOf(chunked(`${changed.join('\n')}\n`)), { publicKey: record.publicKey, checkpoints });

  beforeAll(async () => {
    one = await fresh();
    record = openTestRecord(one.database);
    notes = await writeCalls(record, 40, 10);
    lines = await exported();
  });
  afterAll(async () => {
    await record.recorder.close();
    await one.drop();
  });
  const exported = async (query?: string) => {
    let text = '';
    const asked = query === undefined ? {} : { query: { text: query, matches: matcherOf(parseQuery(query, 0)) } };
    for await (const chunk of exportRecord({
      ledger: record.reader.ledger,
      publicKey: record.publicKey,
      checkpoint: notes.at(-1) as string,
      ...asked,
    }))
      text += chunk;
    return text.trimEnd().split('\n');
  };

  it('verifies alone, and says that nothing outside confirms it', async () => {
    expect(await verify(lines)).toMatchObject({
      ok: true,
      says: 'complete up to 120; nothing outside confirms it',
      entries: 120,
      unresolved: 0,
      findings: [],
      confirmed: { signed_to: 120 },
    });
    expect((await verify(lines, [notes[1] as string])).says).toBe('complete up to 120; a signed head kept elsewhere confirms it up to 60');
    const own = await verifyExport(linesOf(chunked(lines.join('\n'))), { publicKey: undefined, checkpoints: [] });
    expect(own).toMatchObject({ ok: true, key_from: 'export' });
  });

  it('shows names where the stored bytes have pseudonyms, fields in the auditors’ order', () => {
    const line = JSON.parse(lines.find((text) => text.includes('"executed"')) as string) as Entry & { bytes: string };
    expect(Object.keys(line).slice(0, 7)).toEqual(['timestamp', 'actor', 'on_behalf_of', 'action', 'approval', 'data_sources', 'plugin']);
    expect(line).toMatchObject({
      on_behalf_of: 'person0@corp.example',
      approval: 'human:m.osei@corp.example',
      data_sources: ['crm:account/0', 'drive:"brief".docx'],
    });
    expect(line.bytes).not.toContain('corp.example');
    expect(JSON.parse(line.bytes)).toMatchObject({ entry: line.entry, call: line.call });
  });

  it('filtered by a query still verifies, the rest by hash only', async () => {
    const filtered = await exported('kind:executed person3@corp.example');
    expect(await verify(filtered)).toMatchObject({ ok: true, entries: 120, omitted: 114, query: 'kind:executed person3@corp.example' });
    expect(filtered.join('')).not.toContain('person4@corp.example');
    const disguised = filtered.map((line, i) => (i === 0 ? JSON.stringify({ ...JSON.parse(line), query: undefined }) : line));
    expect((await verify(disguised)).findings[0]?.kind).toBe('omitted');
  });

  it('of another record, with another key or cut short, is not taken for this one', async () => {
    const other = openTestRecord(one.database);
    await other.recorder.close();
    const report = await verifyExport(linesOf(chunked(lines.join('\n'))), {
      publicKey: other.publicKey,
      checkpoints: [notes[0] as string],
    });
    expect(report.ok).toBe(false);
    expect(report.findings.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['header', 'checkpoint']));
    await expect(verify([])).rejects.toThrow(UserError);
    await expect(verify(['{"hello":"world"}'])).rejects.toThrow('not an export of a record');
  });

  it('an earlier export is complete in itself; a later signed head kept elsewhere shows what is gone', async () => {
    const early: string[] = [];
    for await (const chunk of exportRecord({ ledger: record.reader.ledger, publicKey: record.publicKey, checkpoint: notes[1] as string }))
      early.push(...chunk.trimEnd().split('\n'));
    expect(await verify(early)).toMatchObject({ ok: true, says: 'complete up to 60; nothing outside confirms it' });
    const report = await verify(early, [notes[2] as string]);
    expect(report.findings).toEqual([expect.objectContaining({ kind: 'truncated', from: 60, to: 89 })]);
  });

  it('takes another spelling of the same peak for a change', async () => {
    const at = lines.findIndex((text) => /"peaks":\["[^"]*="/.test(text));
    const original = lines[at] as string;
    const place = original.indexOf('="', original.indexOf('"peaks":[')) - 1;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const other = alphabet[alphabet.indexOf(original[place] as string) + 1] as string;
    const changed = lines.with(at, original.slice(0, place) + other + original.slice(place + 1));
    expect(await whatWasFound(() => verify(changed, [notes[0] as string]), [at], lines)).toBe('located');
  });

  it('loses no change: every random edit, deletion, copy, swap and cut is found where it was made', async () => {
    const last = lines.length - 1;
    const line = fc.integer({ min: 0, max: last });
    const edit = fc.record({
      how: fc.constant('edit' as const),
      at: line,
      place: fc.nat(),
      to: fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom('"', '0', '1', 'a', '\\', '\n')),
    });
    const simple = fc.record({ how: fc.constantFrom('delete' as const, 'copy' as const, 'cut' as const), at: line });
    const swap = fc.record({ how: fc.constant('swap' as const), at: line, with: line });
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(edit, simple, swap), async (change) => {
        const changed = [...lines];
        const at = change.at;
        const original = lines[at] as string;
        let touched: readonly number[] = [at];
        if (change.how === 'edit') {
          const place = change.place % original.length;
          fc.pre(original[place] !== change.to);
          changed[at] = original.slice(0, place) + change.to + original.slice(place + 1);
        } else if (change.how === 'delete') changed.splice(at, 1);
        else if (change.how === 'copy') changed.splice(at, 0, original);
        else if (change.how === 'cut') {
          fc.pre(at > 0);
          changed.splice(at);
        } else if (change.how === 'swap') {
          fc.pre(change.with !== at);
          changed[at] = lines[change.with] as string;
          changed[change.with] = original;
          touched = [at, change.with];
        }
        tried += 1;
        expect(await whatWasFound(() => verify(changed, [notes[0] as string]), touched, lines)).toBe('located');
      }),
      { numRuns: 700 },
    );
    expect(tried).toBeGreaterThanOrEqual(500);
  });
});

/** Whether a report points at one of the touched lines: by line, or by the entries around it. */
async function whatWasFound(verify: () => Promise<VerifyReport>, touched: readonly number[], lines: readonly string[]): Promise<string> {
  let report: VerifyReport;
  try {
    report = await verify();
  } catch (error) {
    if (error instanceof UserError && touched.includes(0)) return 'located';
    throw error;
  }
  if (report.ok) return 'not found';
  const entryOf = (index: number) => lines.slice(0, index).filter((line) => line.startsWith('{"timestamp"')).length;
  const located = report.findings.some(({ from, to, line }) =>
    touched.some(
      (index) =>
        (line !== undefined && Math.abs(line - 1 - index) <= 1) ||
        (from !== undefined && to !== undefined && from <= entryOf(index) && entryOf(index) <= to + 1),
    ),
  );
  return located ? 'located' : `elsewhere: ${JSON.stringify(report.findings)}`;
}
