import type { ProvenPerson } from './approvals.ts';
import type { DefinitionKind } from './definition-kind.ts';
import type { LintFinding } from './inventory.ts';
import type { ReleaseChange } from './releases.ts';

/**
 * How a definition stands: `pinned` as reviewed; `new` seen later and not reviewed; `changed` differs from what was
 * reviewed; `gone` no longer declared; `quarantined` poses as one of Trapkey's own tools or has a name that is none;
 * `unusable` has a schema that cannot be checked.
 */
export type DefinitionState = 'pinned' | 'new' | 'changed' | 'gone' | 'quarantined' | 'unusable';

/** One definition as lists show it. */
export interface DefinitionView {
  readonly connection: string;
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly state: DefinitionState;
  readonly digest: string | undefined;
  readonly pinnedAtMs: number | undefined;
  readonly pinnedBy: string | undefined;
}

/** What was reviewed and what the upstream says now, as JSON in a stable order; undefined on a side that has none. */
export interface DefinitionDiff extends DefinitionView {
  /** What stands for the upstream's side: its digest, or that it is gone. */
  readonly seen: string;
  readonly reviewed: string | undefined;
  readonly now: string | undefined;
  /** What that is in words, hidden characters shown. */
  readonly changes: readonly ReleaseChange[];
  /** What in it speaks to the model past its purpose, or hides. */
  readonly findings: readonly LintFinding[];
}

/** What people may do with pinned definitions. Mistakes are `UserError`s. */
export interface CatalogDoor {
  list(connection?: string): Promise<readonly DefinitionView[]>;
  /** What waits for review, of one connection or of all. */
  diff(connection?: string, name?: string): Promise<readonly DefinitionDiff[]>;
  /**
   * Makes what the upstream says now the reviewed definition; of one name, or of all that wait. By an administrator. With `seen`,
   * only what was looked at: anything else refuses it.
   */
  accept(act: {
    readonly connection: string;
    readonly name: string | undefined;
    readonly seen?: readonly string[];
    readonly by: ProvenPerson;
  }): Promise<readonly DefinitionView[]>;
}
