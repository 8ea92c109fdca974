import type { DefinitionKind } from '../kernel/definition-kind.ts';

/** A definition as stored. `digest` is empty for one that was never reviewed. */
export interface Row {
  readonly connection: string;
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly digest: string;
  readonly body: string;
  readonly pinned_at_ms: number;
  readonly pinned_by: string;
  /** Digest and body of what the upstream says now, when it differs. */
  readonly changed_digest: string | null;
  readonly changed_body: string | null;
}

/** In place of a digest: the upstream does not declare it any more. */
export const gone = 'gone';
