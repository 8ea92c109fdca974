import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { readPayload } from '../../packages/server/src/effects/record/payload.ts';
import { openPayloads } from '../../packages/server/src/effects/record/payload-read.ts';
import { openRecordReader } from '../../packages/server/src/effects/record/read.ts';
import { databases } from '../support/databases.ts';

it.each(databases)('a payload is shown only after it is recorded that it was read, on $name', async ({ fresh }) => {
  const { database, drop } = await fresh();
  const keys = { master: randomBytes(32), names: randomBytes(32) };
  const recorder = openRecorder({ database, keys });
  const parts = { recorder, payloads: openPayloads({ database, master: keys.master }), clock: () => 0 };
  const reading = { by: { person: 'auditor@corp.example', assurance: 'proved' }, reason: 'audit' } as const;
  const sealed = recorder.seal('R-1', { to: 'a@corp.example' });
  await recorder.commit({ entries: [], sealed: [sealed] });

  expect(await readPayload(parts, { ...reading, digest: sealed.digest })).toEqual({ to: 'a@corp.example' });
  expect(await openRecordReader({ database }).entry(0)).toMatchObject({
    kind: 'admin',
    action: 'payload.read',
    on_behalf_of: 'auditor@corp.example',
    subject: sealed.digest,
    reason: 'audit',
  });
  await expect(readPayload(parts, { ...reading, digest: 'sha256:1' })).rejects.toThrow('no digest of a payload');
  await expect(readPayload(parts, { ...reading, digest: `sha256:${'0'.repeat(64)}` })).rejects.toThrow('not held any more');
  await recorder.close();
  await expect(readPayload(parts, { ...reading, digest: sealed.digest })).rejects.toThrow('The record cannot be written');
  await drop();
});
