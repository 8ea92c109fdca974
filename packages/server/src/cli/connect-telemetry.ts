import type { Issued } from '../kernel/tokens.ts';

/** The settings with which Claude Code tells what it does; Cowork takes endpoint and header in its administration. */
export function telemetrySettings({ token }: Issued, publicUrl: string) {
  return {
    env: {
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_ENDPOINT: publicUrl,
      OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${token}`,
      OTEL_LOG_USER_PROMPTS: '1',
      OTEL_LOG_TOOL_DETAILS: '1',
    },
  };
}

/** What stands beside them on the terminal. */
export function telemetryWords({ id, person, expiresAtMs }: Issued): string {
  const until = new Date(expiresAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return [
    '',
    `Telemetry of ${person}, until ${until} UTC: whatever comes with this token is told of them, whatever it says itself.`,
    'It is shown this once. Put the above into the settings of the client; prompts are sealed in the vault, the record has their digests.',
    `To end it: trapkey tokens revoke ${id}`,
    '',
  ].join('\n');
}
