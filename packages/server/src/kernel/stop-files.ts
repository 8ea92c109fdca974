import type { ProvenPerson } from './approvals.ts';
import type { StopView } from './readers.ts';
import type { StepResult, Tx } from './recorder.ts';

/** Stops that hold on this node besides those of the database. */
export interface LocalStops {
  /** Rejects where it cannot be told; then everything counts as stopped. */
  read(): Promise<readonly StopView[]>;
}

/** A signed order on its way into the database as a stop. */
export interface CarriedOut {
  /** The stop's id, the same on every node that carries the order out. */
  readonly id: string;
  /** For the entry: which file, which key, when it was issued. */
  readonly detail: string;
  /** Takes the order, in the transaction of its stop; a conflict where it was taken before. */
  claim(tx: Tx): Promise<StepResult>;
}

/** An operator's key that stop files are signed with. Its private half is never here. */
export interface StopKeyView {
  readonly id: string;
  readonly person: string;
  readonly publicKey: string;
  readonly addedBy: string;
  readonly addedAtMs: number;
  readonly removedAtMs: number | undefined;
}

/** Registers and removes keys. Mistakes are `UserError`s; every change is an entry. */
export interface StopKeys {
  list(): Promise<readonly StopKeyView[]>;
  /** By an administrator; `publicKey` is PEM. The key is the person's: what it signs, they did. */
  add(act: { readonly person: string; readonly publicKey: string; readonly by: ProvenPerson }): Promise<StopKeyView>;
  remove(act: { readonly id: string; readonly by: ProvenPerson }): Promise<StopKeyView>;
}

/** What became of a stop file, as the record of files keeps it. */
export interface StopFileView {
  readonly digest: string;
  readonly file: string;
  /** `imported`: a stop of the database. `refused`: it could not be believed, and stops its node until it is cleared. */
  readonly state: 'imported' | 'refused';
  readonly stop: string | undefined;
  readonly says: string;
  readonly seenAtMs: number;
  readonly clearedAtMs: number | undefined;
  readonly clearedBy: string | undefined;
}

/** The files that were seen, and the one way to be done with one that could not be believed. */
export interface StopFilesDesk {
  list(): Promise<readonly StopFileView[]>;
  /** By an administrator. Nodes go on being stopped while the file still lies there. */
  clear(act: { readonly digest: string; readonly by: ProvenPerson; readonly reason: string }): Promise<StopFileView>;
}
