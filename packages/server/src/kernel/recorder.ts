import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json } from '@trapkey/contract/json.ts';

declare const txBrand: unique symbol;
/** A database transaction, opaque outside `storage` and the stores. */
export interface Tx {
  readonly [txBrand]: true;
}

/** A payload sealed for the vault: written in the same commit as the entry that names its digest. */
export interface Sealed {
  /** `sha256:<hex>` over salt and canonical payload. */
  readonly digest: string;
  readonly keyId: string;
  readonly iv: Uint8Array;
  readonly bytes: Uint8Array;
  readonly newKey: { readonly id: string; readonly run: string; readonly wrapped: Uint8Array } | undefined;
}

/** What one prompt or answer held, for the memory of where values came from; `words` are digests in base64. */
export interface SeenRow {
  readonly id: string;
  readonly person: string;
  readonly atMs: number;
  readonly origin: string;
  readonly source: string;
  readonly sensitive: boolean;
  readonly words: string;
}

export type StepResult =
  /** `quiet`: nothing changed that anybody waits for or holds in memory, so that no watcher has to look. */
  | { readonly ok: true; readonly entries?: readonly EntryFields[]; readonly quiet?: true }
  | { readonly ok: false; readonly conflict: string };

/** What becomes durable together, or not at all. */
export interface Commit {
  /** Plain names: the recorder replaces people and sources by pseudonyms. */
  readonly entries: readonly EntryFields[];
  readonly sealed?: readonly Sealed[];
  /** Written with the entries; what stands under such an id already stays. */
  readonly seen?: readonly SeenRow[];
  /** The generation of the latch that this was decided under; when it moved, nothing is written. */
  readonly latch?: number;
  /** Other writes of the same transaction (tickets, tokens, policies). May add entries, or refuse the whole commit. */
  readonly steps?: (tx: Tx) => Promise<StepResult>;
}

export type Committed =
  | { readonly status: 'committed'; readonly first: number }
  | { readonly status: 'latch_moved' }
  | { readonly status: 'conflict'; readonly conflict: string };

/** The one way anything becomes durable. Rejects with RecordUnavailable when it cannot. */
export interface Recorder {
  commit(commit: Commit): Promise<Committed>;
  /** Seals a payload under the run's data key; secrets were taken out before. */
  seal(run: string, payload: Json): Sealed;
}
