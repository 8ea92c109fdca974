import { createReadStream } from 'node:fs';
import { UserError } from '../../kernel/errors.ts';
import type { RecordReport, RecordTrust } from '../../kernel/record-house.ts';
import { linesOf } from './split.ts';
import { verifyExport } from './verify.ts';

const readBytes = 1 << 18;

/** Verifies an export file. */
export async function verifyFile(file: string, trust: RecordTrust): Promise<RecordReport> {
  const chunks = createReadStream(file, { highWaterMark: readBytes });
  try {
    return await verifyExport(linesOf(chunks), trust);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new UserError(`${file} cannot be read: ${error.message}`);
  }
}
