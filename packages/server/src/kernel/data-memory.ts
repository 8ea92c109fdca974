import type { Json } from '@trapkey/contract/json.ts';
import type { Call } from './call.ts';
import type { Facts } from './facts.ts';
import type { StepResult, Tx } from './recorder.ts';

/** Writes in the transaction of an entry. */
export type Steps = (tx: Tx) => Promise<StepResult>;

/** The memory of what agents read and touched, shared by the processes on one database. */
export interface DataMemory {
  /** Adds what a rule of its plugin asks for. A database that cannot be read throws, and the call is refused. */
  recall(call: Call): Call | Promise<Call>;
  /** In the commit of `decided`: binds the run; a conflict where another call of the run was first with something else. */
  binding(facts: Pick<Facts, 'call' | 'subject'>): Steps | undefined;
  /** In the commit of `executed`: what was read. */
  learned(facts: Pick<Facts, 'call' | 'subject' | 'permitted'>, classes: readonly string[]): Steps | undefined;
}

/** The classes among the named ones that arguments hold by what they look like. */
export type LookFor = (classes: readonly string[], args: Json) => readonly string[];

/** Stops a connector whose answer held what is not ours; rejects where that could not be made durable. */
export type Quarantine = (leak: {
  readonly connector: string;
  readonly plugin: string;
  readonly call: string;
  readonly says: string;
}) => Promise<void>;
