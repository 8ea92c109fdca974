import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { signCheckpoint } from '../../packages/server/src/effects/record/checkpoint.ts';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { verifierKey } from '../../packages/server/src/effects/record/note.ts';
import { openRecordReader, type RecordReader } from '../../packages/server/src/effects/record/read.ts';
import { insertCheckpoint } from '../../packages/server/src/effects/record/store.ts';
import { decodePeaks, rootOf, type TreeHead } from '../../packages/server/src/kernel/merkle.ts';
import type { Database } from '../../packages/server/src/storage/database.ts';

const origin = 'trapkey.test/record';

/** A record with its own keys, written by the real recorder. */
export interface TestRecord {
  readonly reader: RecordReader;
  readonly recorder: OpenRecorder;
  readonly publicKey: string;
  readonly sign: (head: TreeHead) => string;
  /** Signs and keeps the present head. */
  readonly checkpoint: () => Promise<string>;
  readonly head: () => Promise<TreeHead>;
}

/** Opens an empty record. */
export function openTestRecord(database: Database): TestRecord {
  const { privateKey } = generateKeyPairSync('ed25519');
  const recorder = openRecorder({ database, keys: { master: randomBytes(32), names: randomBytes(32) } });
  const reader = openRecordReader({ database });
  const head = async () => {
    const stored = await reader.ledger.head();
    return decodePeaks(stored?.size ?? 0, stored?.peaks ?? new Uint8Array());
  };
  const sign = (tree: TreeHead) => signCheckpoint({ origin, size: tree.size, root: rootOf(tree) }, privateKey);
  const checkpoint = async () => {
    const tree = await head();
    const note = sign(tree);
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        await insertCheckpoint(tx, { size: tree.size, atMs: 0, note });
        return { ok: true };
      },
    });
    return note;
  };
  return { reader, recorder, publicKey: verifierKey(origin, privateKey), sign, checkpoint, head };
}

/** The entries of one allowed, approved call. */
export function callEntries(n: number, fields: Partial<EntryFields> = {}): readonly EntryFields[] {
  const about: Omit<EntryFields, 'kind'> = {
    timestamp: new Date(Date.UTC(2026, 5, 6, 14, 0, 0, n)).toISOString(),
    actor: 'cowork-agent',
    on_behalf_of: `person${n % 7}@corp.example`,
    action: 'send_email',
    plugin: 'sales-outreach@2.1',
    call: `C${n}`,
    attempt: 1,
    connector: 'mail',
    tool: 'send_email',
    policy: `sha256:${'ab'.repeat(32)}`,
    assurance: { on_behalf_of: 'proved' },
    ...fields,
  };
  return [
    { ...about, kind: 'requested' },
    {
      ...about,
      kind: 'decided',
      verdict: 'allow',
      code: 'approved',
      rule: 'approvals/mail.send_email',
      approval: 'human:m.osei@corp.example',
      tier: 'high',
      effect: 'send',
      reach: 12,
    },
    {
      ...about,
      kind: 'executed',
      verdict: 'allow',
      code: 'approved',
      approval: 'human:m.osei@corp.example',
      outcome: 'done',
      data_sources: [`crm:account/${n}`, 'drive:"brief".docx'],
      result: { bytes: 212, rows: 1, screened: [] },
    },
  ];
}

/** Writes calls, with a signed head after every `each` of them. Gives the notes. */
export async function writeCalls(record: TestRecord, calls: number, each: number): Promise<readonly string[]> {
  const notes: string[] = [];
  for (let n = 0; n < calls; n++) {
    await record.recorder.commit({ entries: callEntries(n) });
    if ((n + 1) % each === 0) notes.push(await record.checkpoint());
  }
  return notes;
}
