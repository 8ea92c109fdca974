import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Config } from './config.ts';
import { openRecordHouse } from './effects/record/house.ts';
import { openRecordReader } from './effects/record/read.ts';
import { signerOf } from './effects/record/signer.ts';
import { linesOf } from './effects/record/split.ts';
import { verifyExport } from './effects/record/verify.ts';
import { checkpointNow } from './effects/record/worker.ts';
import { UserError } from './kernel/errors.ts';
import type { RecordHouse, RecordReport, RecordTrust } from './kernel/record-house.ts';
import { compileSet } from './policy/compile/set.ts';
import { readSet } from './policy/read.ts';
import { openStore } from './wire.ts';
import { claimed } from './wire-doors.ts';

/** Everything that may be asked of the record, for one command. */
export async function recordHouse(config: Config, env: Readonly<Record<string, string | undefined>>): Promise<RecordHouse> {
  const store = await openStore(config);
  const { database, recorder, clock, keys } = store;
  const reader = openRecordReader({ database });
  return openRecordHouse({
    reader,
    recorder,
    clock,
    by: claimed(),
    publicKey: signerOf(keys).publicKey,
    sign: async () => {
      const note = (await checkpointNow({ recorder, keys, clock })) ?? (await reader.ledger.latestCheckpoint())?.note;
      if (note === undefined) throw new UserError('The record is empty; there is nothing to sign yet.');
      return note;
    },
    policyAt: async (digest) => {
      const stored = await readSet(database, digest);
      const compiled = stored && compileSet(stored.files, env);
      return compiled?.ok ? compiled.set : undefined;
    },
    close: store.close,
  });
}

/** Verifies an export file; needs neither a data folder nor a server. */
export async function verifyFile(file: string, trust: RecordTrust): Promise<RecordReport> {
  // Exit code 1 says that a record was changed; a mistyped name must not.
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile())
    throw new UserError(`${file} cannot be read: there is no such file.`, 'Write one with `trapkey record export --out <file>`.');
  return await verifyExport(linesOf(createReadStream(file, { encoding: 'utf8' })), trust);
}
