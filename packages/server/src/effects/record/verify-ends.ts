import { counted } from '../../kernel/counted.ts';
import { UserError } from '../../kernel/errors.ts';
import type { Checking, Trust } from './checking.ts';
import { parseObject } from './checking.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { collectFindings } from './findings.ts';
import { growTree } from './growing.ts';
import { exportFormat, type Header } from './lines.ts';
import { parseVerifierKey } from './note.ts';
import { followSequence } from './sequence.ts';
import { readNames } from './verify-names.ts';
import { attempt, startWalk } from './walk.ts';

/** Reads the first line and sets everything up that the others are checked against. */
export function startChecking(line: string, trust: Trust): Checking {
  const header = parseObject(line) as Partial<Header> | undefined;
  if (typeof header?.public_key !== 'string' || typeof header.checkpoint !== 'string' || typeof header.size !== 'number') {
    throw new UserError(
      'That file is not an export of a record: its first line lacks the public key, the size or the signed head.',
      'Write one with: trapkey record export --out record.ndjson',
    );
  }
  const { trapkey, origin, public_key, size, query, checkpoint } = header as Header;
  const findings = collectFindings();
  const key = trusted(trust.publicKey ?? public_key, trust.publicKey === undefined);
  const says = (text: string) => findings.add('header', { line: 1 }, text);
  if (trapkey !== exportFormat) says(`The format is called ${String(trapkey)}; this verifier reads ${exportFormat}.`);
  if (trust.publicKey !== undefined && public_key !== trust.publicKey) says(`The first line names another public key: ${public_key}.`);
  if (origin !== key.name) says(`The first line says that this is the record ${String(origin)}; the key is of ${key.name}.`);
  const again = JSON.stringify({ trapkey, origin, public_key, size, ...(query !== undefined && { query }), checkpoint });
  if (again !== line) says('The first line is not spelled as the record writes it.');
  const tree = growTree();
  const walk = startWalk({ findings, tree, keys: [key], outside: trust.checkpoints });
  return {
    findings,
    tree,
    walk,
    sequence: followSequence(findings, tree.lose),
    names: readNames(findings),
    header: header as Header,
    key,
    counts: { entries: 0, omitted: 0 },
    last: { size: 0, note: '' },
  };
}

function trusted(text: string, fromExport: boolean): ReturnType<typeof parseVerifierKey> {
  try {
    return parseVerifierKey(text);
  } catch (error) {
    const source = fromExport ? 'The public key in the first line' : 'The public key';
    throw new UserError(`${source} cannot be read: ${error instanceof Error ? error.message : error}`, 'Give the right one with --key.');
  }
}

/** After the last line: whether everything is there that the first line promises. */
export function finishChecking({ findings, tree, sequence, names, header, key, last }: Checking, lines: number): void {
  const promised = attempt(() => verifyCheckpoint(header.checkpoint, [key]).size);
  if (typeof promised === 'string') findings.add('header', { line: 1 }, `The signed head in the first line: ${promised}`);
  else {
    if (promised !== header.size)
      findings.add(
        'header',
        { line: 1 },
        `The first line says ${counted(header.size, 'entry', 'entries')} and its signed head ${promised}.`,
      );
    if (last.note !== header.checkpoint) {
      findings.add(
        'checkpoint',
        { from: last.size, to: Math.max(last.size, promised - 1), line: lines },
        `The export does not end with the signed head of ${counted(promised, 'entry', 'entries')} that its first line has.`,
      );
    }
    const before = sequence.next();
    sequence.skipTo(promised, lines);
    tree.skip(sequence.next() - before);
  }
  if (typeof promised === 'number' && sequence.next() > promised) {
    findings.add(
      'inserted',
      { from: promised, to: sequence.next() - 1, line: lines },
      `The entries from ${promised} on are under no signed head.`,
    );
  }
  names.finish();
  sequence.finish();
}
