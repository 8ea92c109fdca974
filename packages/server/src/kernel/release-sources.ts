import type { DefinitionKind } from './definition-kind.ts';
import type { Finding, LintedDefinition, LintFinding } from './inventory.ts';
import type { ScanReport } from './scan.ts';

/** What the catalog asks of the inventory: it reads, scans and lints, and starts nothing. */
export interface ReleaseSources {
  /** Fetches a repository; undefined when `source` is no address of one. */
  fetch(
    source: string,
    rules: { readonly privateNetwork: boolean },
  ): Promise<{ readonly folder: string; remove(): Promise<void> } | undefined>;
  scan(folder: string): Promise<ScanReport>;
  /** Names that people would take for one another, and names with hidden characters. */
  lookAlikes(names: readonly string[]): readonly Finding[];
  lint: DefinitionLint;
}

/** Reads definitions for words that speak to the model, steer other servers, or hide. Pure. */
export interface DefinitionLint {
  text(text: string): readonly LintFinding[];
  /** `others`: tools of other connections, by name. */
  definition(
    kind: DefinitionKind,
    definition: LintedDefinition,
    connection: string,
    others: ReadonlyMap<string, string>,
  ): readonly LintFinding[];
}
