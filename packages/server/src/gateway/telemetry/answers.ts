import type { ServerResponse } from 'node:http';
import type { TelemetryEvent } from '../../kernel/telemetry.ts';
import type { Encoding } from './body.ts';
import { otlp } from './schema.ts';

/** The answers of OTLP, and how each counts what it did not take. */
const responses = {
  logs: { type: otlp('ExportLogsServiceResponse'), count: 'rejectedLogRecords' },
  traces: { type: otlp('ExportTraceServiceResponse'), count: 'rejectedSpans' },
  metrics: { type: otlp('ExportMetricsServiceResponse'), count: 'rejectedDataPoints' },
} as const;
const status = otlp('Status');

const contentTypes: Readonly<Record<Encoding, string>> = { json: 'application/json', protobuf: 'application/x-protobuf' };

/** Taken: all of it, or what of it could be used. Sending the rest again would change nothing. */
export function sendTaken(
  res: ServerResponse,
  how: { readonly via: TelemetryEvent['via']; readonly encoding: Encoding },
  { rejected, says }: { readonly rejected: number; readonly says: string | undefined },
): void {
  const { type, count } = responses[how.via];
  const partial = rejected > 0 ? { partialSuccess: { [count]: rejected, errorMessage: `${says ?? 'They cannot be read'}.` } } : {};
  send(res, 200, how.encoding, how.encoding === 'json' ? json(partial, count) : type.encode(type.create(partial)).finish());
}

/** Not taken. With 429 and 503 an exporter sends it again later; with anything else it does not. */
export function sendRefused(
  res: ServerResponse,
  encoding: Encoding,
  code: number,
  says: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const told = { message: `${says.replace(/\.?$/, '')}. Nothing of this delivery was taken.` };
  send(res, code, encoding, encoding === 'json' ? JSON.stringify(told) : status.encode(status.create(told)).finish(), headers);
}

/** 64-bit numbers are text in OTLP's JSON. */
function json(answer: { readonly partialSuccess?: Readonly<Record<string, string | number>> }, count: string): string {
  const { partialSuccess: partial } = answer;
  return JSON.stringify(partial ? { partialSuccess: { ...partial, [count]: String(partial[count]) } } : {});
}

function send(
  res: ServerResponse,
  code: number,
  encoding: Encoding,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (res.headersSent || res.destroyed) return;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  res.writeHead(code, { 'content-type': contentTypes[encoding], 'content-length': length, 'cache-control': 'no-store', ...headers });
  res.end(body);
}
