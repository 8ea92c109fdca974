/** One event, span or data point as telemetry tells it: claims of a client, cut and cleaned, nothing more. */
export interface TelemetryEvent {
  readonly via: 'logs' | 'traces' | 'metrics';
  /** `api_request`, `tool_result` … without a prefix. */
  readonly name: string;
  readonly session: string;
  /** The id that the client gave its own installation, and the client with its version. */
  readonly device: string | undefined;
  readonly client: string | undefined;
  /** Its number in the session; doubles and gaps show by it. */
  readonly sequence: number | undefined;
  /** By the clock of whoever sent it: orders events of one session, nothing else. */
  readonly saidAtMs: number;
  readonly agent: string | undefined;
  readonly parent: string | undefined;
  readonly agentType: string | undefined;
  readonly prompt: string | undefined;
  readonly promptText: string | undefined;
  readonly model: string | undefined;
  readonly request: string | undefined;
  readonly toolUse: string | undefined;
  readonly server: string | undefined;
  readonly tool: string | undefined;
  readonly succeeded: boolean | undefined;
  readonly skill: string | undefined;
  readonly plugin: string | undefined;
  readonly microUsd: number;
  readonly tokens: number;
}

/** What one delivery holds: events that can be used, and how many cannot. */
export interface Delivery {
  /** Who sent it, as the credential says. */
  readonly person: string;
  readonly events: readonly TelemetryEvent[];
}

/** Takes a delivery; resolves once it is durable. Rejects with RecordUnavailable when it cannot be. */
export type TakeTelemetry = (delivery: Delivery) => Promise<void>;

/** The path that a telemetry credential is bound to; `/v1/logs`, `/v1/traces` and `/v1/metrics` are under it. */
export const telemetryPath = '/v1';
