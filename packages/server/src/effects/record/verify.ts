import { UserError } from '../../kernel/errors.ts';
import type { Checking, Trust } from './checking.ts';
import type { Finding } from './findings.ts';
import { finishChecking, startChecking } from './verify-ends.ts';
import { checkLine } from './verify-line.ts';
import type { Confirmed } from './walk.ts';

/** What verifying found, in figures, findings and one sentence. */
export interface VerifyReport {
  readonly ok: boolean;
  readonly says: string;
  readonly origin: string;
  readonly public_key: string;
  /** Where the key came from; `export` proves only that the file fits itself. */
  readonly key_from: 'given' | 'export';
  /** Entries that were there, and of them those shown by their hash only. */
  readonly entries: number;
  readonly omitted: number;
  readonly query: string | undefined;
  /** Pseudonyms without a name: erased, or left out of the export. */
  readonly unresolved: number;
  readonly confirmed: Confirmed;
  readonly findings: readonly Finding[];
  readonly findings_count: number;
}

/** Verifies an export, given as its lines in groups, in memory that does not grow with it. A UserError when it is no export at all. */
export async function verifyExport(lines: AsyncIterable<readonly string[]>, trust: Trust): Promise<VerifyReport> {
  let checking: Checking | undefined;
  let number = 0;
  for await (const group of lines) {
    for (const line of group) {
      number += 1;
      if (checking) checkLine(checking, line, number);
      else checking = startChecking(line, trust);
    }
  }
  if (!checking) throw new UserError('That file is empty.', 'Write one with: trapkey record export --out record.ndjson');
  finishChecking(checking, number);
  const confirmed = checking.walk.finish();
  const { findings, counts, names, header, key } = checking;
  return {
    ok: findings.count() === 0,
    says: sentence(findings.count(), confirmed),
    origin: key.name,
    public_key: trust.publicKey ?? header.public_key,
    key_from: trust.publicKey === undefined ? 'export' : 'given',
    ...counts,
    query: header.query,
    unresolved: names.unresolved(),
    confirmed,
    findings: findings.kept,
    findings_count: findings.count(),
  };
}

/** The sentence that a person reads first. */
export function sentence(found: number, confirmed: Confirmed): string {
  if (found > 0) return `${found} ${found === 1 ? 'problem' : 'problems'} found in ${confirmed.size} entries`;
  const { size, signed_to, confirmed_to } = confirmed;
  const outside = confirmed_to === 0 ? 'nothing outside confirms it' : `a signed head kept elsewhere confirms it up to ${confirmed_to}`;
  const unsigned = signed_to < size ? `; the last ${size - signed_to} are not under a signed head yet` : '';
  return `complete up to ${size}; ${outside}${unsigned}`;
}
