import type { TakeTelemetry } from '../../kernel/telemetry.ts';

/** What the intake of telemetry is given. */
export interface TelemetryDoors {
  readonly take: TakeTelemetry;
}
