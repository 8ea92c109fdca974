import type { Entry } from '@trapkey/contract/entry.ts';

/** What is wrong with a record, and where. */
interface RecordFinding {
  readonly kind: string;
  /** First and last entry that it concerns; they are the same where it is exact. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Line of the export file, from 1. */
  readonly line: number | undefined;
  readonly says: string;
}

/** What verifying found, in figures, findings and one sentence. */
export interface RecordReport {
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
  /** Pseudonyms without a name: erased, or left out. */
  readonly unresolved: number;
  readonly confirmed: {
    readonly size: number;
    /** Base64; null when damage keeps it from being known. */
    readonly root: string | null;
    /** Everything below was found under a signature of the record itself, and under one that was kept elsewhere. */
    readonly signed_to: number;
    readonly confirmed_to: number;
    /** Signed heads that could not be compared, since what they cover is damaged. */
    readonly uncompared: number;
  };
  readonly findings: readonly RecordFinding[];
  readonly findings_count: number;
}

/** What a verifier brings along: the public key, and signed heads that were kept elsewhere. */
export interface RecordTrust {
  /** `name+hash+base64`; without it an export's own key is used. */
  readonly publicKey: string | undefined;
  readonly checkpoints: readonly string[];
}

/** Why a call was answered as it was. */
export interface Explanation {
  readonly call: string;
  /** The plain sentences of it, for a person. */
  readonly says: readonly string[];
  readonly verdict: string | null;
  readonly code: string | null;
  readonly rule: string | null;
  readonly approval: string | null;
  readonly policy: string | null;
  readonly outcome: string | null;
  /** The facts that the decision was made from, as recorded. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Changes of policy that would have stopped it; undefined when the policy of that time is not held. */
  readonly would_stop: readonly { readonly change: string; readonly where: string }[] | undefined;
  readonly entries: readonly number[];
}

/** What one run got of a connector. */
export interface ReadBy {
  readonly person: string;
  readonly run: string;
  readonly plugin: string;
  readonly calls: number;
  readonly rows: number;
  readonly tools: readonly string[];
  readonly first: string;
  readonly last: string;
  /** The latest of its calls. */
  readonly call: string;
}

/** Who got answers of a connector; `more` where the time holds more entries than one question looks at. */
export interface WhoRead {
  readonly runs: readonly ReadBy[];
  readonly calls: number;
  readonly more: boolean;
}

/** Everything that may be asked of the record, with names resolved. Reading payloads and exporting are recorded first. */
export interface RecordHouse {
  /** The verifier key of this record: what an auditor keeps. */
  readonly publicKey: string;
  list(
    query: string,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<{ readonly entries: readonly Entry[]; readonly next: number | undefined }>;
  follow(query: string, after: number | undefined, signal: AbortSignal): AsyncIterable<Entry>;
  /** By number, by call, or by citation `trapkey:<call>`; undefined when there is none. */
  show(id: string): Promise<{ readonly call: string | undefined; readonly entries: readonly Entry[] } | undefined>;
  explain(call: string): Promise<Explanation | undefined>;
  /** Moments as a query writes them. */
  whoRead(of: { readonly connector: string; readonly since?: string | undefined; readonly until?: string | undefined }): Promise<WhoRead>;
  /** Whole lines of NDJSON. */
  export(order: { readonly query?: string; readonly reason?: string }): AsyncIterable<string>;
  verify(trust: { readonly checkpoints: readonly string[] }): Promise<RecordReport>;
  /** Signs the present head, if it is not signed yet, and gives the note. */
  checkpoint(): Promise<string>;
  close(): Promise<void>;
}
