import type { Checker } from '@trapkey/contract/checker.ts';
import type { Execute } from '../effects/execute/effect.ts';
import type { Screen } from '../effects/screen/effect.ts';
import type { AutonomyGuard } from '../kernel/autonomy.ts';
import type { BatchDoor } from '../kernel/batches.ts';
import type { Call } from '../kernel/call.ts';
import type { Clock } from '../kernel/clock.ts';
import type { DataMemory, Quarantine } from '../kernel/data-memory.ts';
import type { Moment } from '../kernel/facts.ts';
import type { GrantDoor } from '../kernel/grants.ts';
import type { LimitDoor } from '../kernel/limits.ts';
import type { Provenance } from '../kernel/provenance.ts';
import type { DefinitionReader, RunWriter } from '../kernel/readers.ts';
import type { Recorder } from '../kernel/recorder.ts';
import type { InFlight, StopSignal } from '../kernel/stops.ts';
import type { TicketDoor } from '../kernel/tickets.ts';
import type { ReadUsual } from '../kernel/usual.ts';
import type { AnyStage } from './ordered.ts';

/** What the frame around a decision works with; passed in by `wire`. */
export interface Frame {
  readonly stages: readonly AnyStage[];
  readonly moment: () => Omit<Moment, 'probes' | 'atMs'>;
  readonly recorder: Recorder;
  readonly tickets: TicketDoor;
  /** Adds what witnesses say of where a call comes from (`where`); without it no witness speaks. A throw ends the call. */
  readonly locate?: (call: Call) => Call | Promise<Call>;
  /** Counts the uses of standing grants. */
  readonly grants?: GrantDoor;
  /** Looks again at levels of workflows; without it what was read at the start of the call counts. */
  readonly levels?: AutonomyGuard;
  /** Batches of staged changes; without it what is to be staged does not run. */
  readonly batches?: BatchDoor;
  /** Budgets and breakers; without it nothing is counted. */
  readonly limits?: LimitDoor;
  /** What agents read and what their runs are bound to; without it nothing is remembered. */
  readonly memory?: DataMemory;
  /** Stops a connector that told what is not ours, before anybody hears of it. */
  readonly quarantine?: Quarantine;
  readonly execute: Execute;
  readonly screen: Screen;
  readonly checkers: ReadonlyMap<string, Checker>;
  /** Reads the stops again after the latch moved under a decision. */
  readonly refreshStops: () => Promise<void>;
  /** Signal that fires when a stop covers a call that is in flight. */
  readonly stopSignal: (call: InFlight) => StopSignal;
  readonly runs: RunWriter;
  /** What a probe asks must be pinned too, and is screened against its pin. */
  readonly definitions: DefinitionReader;
  /** What is usual, for the sentence of a ticket. */
  readonly usual?: ReadUsual;
  /** Remembers where values came from; without it nothing is remembered. */
  readonly provenance?: Pick<Provenance, 'learn'>;
  readonly clock: Clock;
  /** High-resolution milliseconds, for durations only. */
  readonly stopwatch: () => number;
  readonly probeTimeoutMs: number;
  readonly probesMax: number;
  /** Redecides at most this often when stops or tickets move under a decision. */
  readonly redecideMax: number;
}
