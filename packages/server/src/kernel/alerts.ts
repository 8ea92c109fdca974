import type { ProvenPerson } from './approvals.ts';
import type { Tx } from './recorder.ts';

/** What somebody may have to be told, each with its title. A closed list: a new kind is a line here. */
export const signalKinds = {
  out_of_scope: 'Calls out of scope',
  check_failed: 'Calls that failed a check',
  breaker_tripped: 'A limit tripped',
  breaker_reset: 'A limit was reset',
  stop_engaged: 'A stop is engaged',
  stop_released: 'A stop was released',
  rehearsal_failed: 'A rehearsal of the stop failed',
  node_cut_off: 'A node does not confirm',
  bypass: 'A tool ran past the gateway',
  source_silent: 'A source of telemetry or hooks is silent',
  intake_gap: 'Events are missing',
  equivalent_after_refused: 'The same effect was tried again after a refusal',
  policy_refused: 'A policy was refused',
  definition_changed: 'The definition of a tool changed',
  definition_suspicious: 'A definition speaks to the model',
  release_waits: 'A release waits for its review',
  release_changed: 'A release changed upstream',
  release_revoked: 'A release was revoked or rolled back',
  large_pull: 'Unusually many rows were read',
  many_sends: 'Unusually many people were reached',
  outcome_unknown: 'It is not known whether a call happened',
  batch_waits: 'A batch waits for a person',
  record_trouble: 'The record or the database is in trouble',
  upstream_trouble: 'A connector is in trouble',
  undelivered: 'A message could not be delivered',
  review_due: 'A break-glass use waits for its review',
  review_done: 'A break-glass use was reviewed',
  autonomy_demoted: 'A workflow does less by itself',
  data_leak: 'An answer held what is not ours',
  trouble: 'Something needs a look',
} as const;
export type SignalKind = keyof typeof signalKinds;

/** Who is told: the keys of `alerts` in the organization's document. */
export type AlertAudience = 'operations' | 'security' | 'owners';

/** A condition that was met. Signals of one kind and scope are one alert while it is open: told once, then counted. */
export interface Signal {
  readonly kind: SignalKind;
  /** What it is about, short and without names of outsiders: `plugin:sales`, `connector:crm`, `stop:all`, `node:<id>`, `policy`. */
  readonly scope: string;
  /** One or two whole sentences for a person: what happened, what did not, what to do next. At most 1,000 characters are kept. */
  readonly says: string;
  /** Lines to go with it, six at most. */
  readonly facts?: readonly string[];
  /** Its owner is told where `alerts.owners` is set; without it nobody owns the signal. */
  readonly connector?: string;
  readonly plugin?: string;
  /** How often it happened; 1 without it. */
  readonly count?: number;
  readonly atMs?: number;
  /** The call, or the path of a page, to look at. */
  readonly call?: string;
  readonly link?: string;
}

/**
 * Raises a signal from outside a transaction. Returns at once and never throws: signals are grouped in memory and become
 * durable within about a second, again and again until the database takes them. For what leaves no entry of its own: what
 * does is read from the record, so nobody raises it twice. (Read from there: refusals, pulls, sends, stops, unknown outcomes, definitions.)
 */
export type Raise = (signal: Signal) => void;

/** Raises a signal in the transaction of what it tells of: it is told exactly if that happened. */
export type RaiseIn = (tx: Tx, signal: Signal) => Promise<void>;

/**
 * A line at the console that is an alert too. Without `about` it is trouble of the server; `no alert` where an entry of the
 * record is read for it already, or where it is only news.
 */
export type Alarm = (says: string, about?: Pick<Signal, 'kind' | 'scope' | 'connector' | 'plugin' | 'link'> | 'no alert') => void;

/** Raises nothing: where no alerts are kept. */
export const raiseNothing: Raise = () => undefined;

export type AlertState = 'open' | 'acknowledged' | 'resolved';

/** Where the messages of an alert stand. */
export interface AlertDelivery {
  readonly channel: string;
  readonly event: string;
  readonly state: 'waiting' | 'delivered' | 'given_up';
  readonly attempts: number;
  readonly atMs: number;
  readonly error: string | undefined;
}

/** An alert as lists show it. */
export interface AlertView {
  readonly id: string;
  readonly kind: SignalKind;
  readonly scope: string;
  readonly title: string;
  readonly says: string;
  readonly facts: readonly string[];
  readonly state: AlertState;
  readonly audiences: readonly AlertAudience[];
  readonly owner: string | undefined;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly mutedUntilMs: number | undefined;
  /** Who acknowledged, resolved or muted it last, and why. */
  readonly by: string | undefined;
  readonly reason: string | undefined;
  readonly call: string | undefined;
  readonly link: string | undefined;
  readonly delivery: 'none' | 'muted' | 'waiting' | 'delivered' | 'given_up';
}

/** What a person does about an alert. */
export interface AlertAct {
  readonly alert: string;
  readonly by: ProvenPerson;
  readonly reason: string;
  readonly via: string;
}

/** What may be asked of alerts. Mistakes are `UserError`s. */
export interface Alerts {
  list(filter: { readonly state: AlertState | 'unresolved' | 'all' }): Promise<readonly AlertView[]>;
  show(id: string): Promise<(AlertView & { readonly deliveries: readonly AlertDelivery[] }) | undefined>;
  /** Somebody is at it: it is counted on, and nobody is told again. */
  acknowledge(act: AlertAct): Promise<AlertView>;
  /** It is over; the next time opens it again. */
  resolve(act: AlertAct): Promise<AlertView>;
  /** Nobody is told of it for so long. */
  mute(act: AlertAct & { readonly forMs: number }): Promise<AlertView>;
  /** By an operator, an administrator, or the owner of what it is about. */
  mayAct(alert: AlertView, by: ProvenPerson): boolean;
}
