/** Classes whose values can be told by what they look like. */
export const foundClasses = ['pii', 'payment', 'secret'] as const;
export type FoundClass = (typeof foundClasses)[number];

/** What becomes of a value that is found: hidden, or the whole answer is kept back. */
export type ScreenAct = 'mask' | 'withhold';

/** What a connector says of the data in its answers, compiled. */
export interface DataRules {
  /** Classes that its answers may hold. */
  readonly classes: readonly string[];
  /** Classes by `columnKey` of a name. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** `columnKey`s of what no answer shows. */
  readonly denied: ReadonlySet<string>;
  readonly rowsMax: number | undefined;
  /** By class or by name of a detector. */
  readonly screen: ReadonlyMap<string, ScreenAct>;
  readonly region: string | undefined;
  readonly regions: readonly string[];
  /** Whose a row is; values as text. */
  readonly own: { readonly field: string; readonly values: ReadonlySet<string> } | undefined;
  readonly canaries: readonly string[];
}

/** Data of a class that somebody's agents read. */
export interface ReadClass {
  readonly class: string;
  /** `connector.tool`. */
  readonly from: string;
  readonly call: string;
  readonly atMs: number;
}

/** What the person's agents read in the hours before, and what their runs are bound to. */
export interface Remembered {
  readonly read: readonly ReadClass[];
  /** Digests by run and name. */
  readonly bound: ReadonlyMap<string, string>;
}

/** `ssn`, `SSN` and `deals."Ssn"` are one column; so are `bankAccount` and `bank_account`. */
export function columnKey(name: string): string {
  const bare = name.slice(name.lastIndexOf('.') + 1);
  return bare.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** The key of one binding of a run. */
export function boundKey(run: string, name: string): string {
  return `${run} ${name}`;
}
