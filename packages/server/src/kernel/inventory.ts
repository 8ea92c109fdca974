import type { Effect } from '@trapkey/contract/codes.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';

/** How sure a proposal is. Only a person makes it more than a proposal. */
export type Confidence = 'high' | 'medium' | 'low';

/** One proposed property of a tool, with what speaks for it. */
export interface Judged<T> {
  readonly value: T;
  readonly confidence: Confidence;
  readonly because: string;
}

/** A tool as anything may describe it: a live list, a snapshot, an HTTP operation. */
export interface ToolShape {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly annotations?: JsonObject;
  /** The HTTP method behind it, where one is known. */
  readonly method?: string;
}

/** What an argument can carry out of the house, or into an interpreter. */
export type SinkKind = 'url' | 'recipient' | 'path' | 'code' | 'command' | 'sql' | 'content' | 'money';

/** An argument that attackers would like to fill. */
export interface Sink {
  readonly argument: string;
  readonly kind: SinkKind;
}

/** Which argument says how many a call touches: a list is counted, a selection is known only to the system. */
export interface ReachArgument {
  readonly argument: string;
  readonly kind: 'list' | 'selection' | 'limit';
}

/** Classes of data that a result may hold. */
export type DataClass = 'pii' | 'financial' | 'health' | 'secret' | 'messages' | 'documents' | 'code';

/** What Trapkey proposes for a tool. Nothing is enforced before an owner confirmed it. */
export interface Classification {
  readonly effect: Judged<Effect | 'unknown'>;
  /** Whether it may lose or overwrite what was there. */
  readonly destructive: Judged<boolean>;
  readonly reversible: Judged<boolean | 'unknown'>;
  readonly reach: Judged<ReachArgument | undefined>;
  /** Whether it reaches parties that the organization does not run. */
  readonly openWorld: Judged<boolean>;
  /** Whether results hold text that outsiders wrote. */
  readonly untrusted: Judged<boolean>;
  readonly data: Judged<readonly DataClass[]>;
  readonly sinks: readonly Sink[];
}

/** How bad a finding is. */
export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** Something that a reader should look at, with the place and no secret in it. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly says: string;
  /** File, as given or below the scanned folder. */
  readonly file?: string;
  readonly plugin?: string;
}

/** A definition of any kind as the linter reads it. */
export type LintedDefinition = { readonly name: string } & { readonly [key: string]: Json | undefined };

/** Something in a definition that speaks to the model, or hides. */
export interface LintFinding {
  readonly rule: string;
  readonly severity: Severity;
  /** JSON pointer of the text. */
  readonly at: string;
  /** The place in the text, hidden characters made visible, cut short. */
  readonly excerpt: string;
  readonly says: string;
}
