import type { Findings } from './findings.ts';
import type { GrowingTree } from './growing.ts';
import type { Header } from './lines.ts';
import type { NoteVerifier } from './note.ts';
import type { Sequence } from './sequence.ts';
import type { NamesInForce } from './verify-names.ts';
import type { Walk } from './walk.ts';

/** What a verifier brings along: the public key, and signed heads that were kept elsewhere. */
export interface Trust {
  /** `name+hash+base64`; without it the export's own key is used, which proves only that the file fits itself. */
  readonly publicKey: string | undefined;
  readonly checkpoints: readonly string[];
}

/** Everything that the lines of one export are checked against. */
export interface Checking {
  readonly findings: Findings;
  readonly tree: GrowingTree;
  readonly walk: Walk;
  readonly sequence: Sequence;
  readonly names: NamesInForce;
  readonly header: Header;
  readonly key: NoteVerifier;
  readonly counts: { entries: number; omitted: number };
  /** The last signed head that the lines had. */
  readonly last: { size: number; note: string };
}

/** A JSON object, or undefined. */
export function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
