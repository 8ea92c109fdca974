import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseIJson } from '../../kernel/ijson.ts';
import type { TelemetryEvent } from '../../kernel/telemetry.ts';
import { otlp } from './schema.ts';

/** How a delivery is written; the answer is written the same way. */
export type Encoding = 'json' | 'protobuf';

/** What a body amounts to, or why it is refused. */
export type Decoded = { readonly message: unknown } | { readonly status: 400 | 413 | 415; readonly says: string };

const requests = {
  logs: otlp('ExportLogsServiceRequest'),
  traces: otlp('ExportTraceServiceRequest'),
  metrics: otlp('ExportMetricsServiceRequest'),
};

const unzip = promisify(gunzip);

/** The encoding that a content type names; undefined for any other. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return 'json';
  return type === 'application/x-protobuf' ? 'protobuf' : undefined;
}

/** Unpacks and parses a body; a small one that unpacks to a large one is refused before it is large. */
export async function decode(
  bytes: Buffer,
  how: { readonly via: TelemetryEvent['via']; readonly encoding: Encoding; readonly packed: string | undefined },
  limits: { readonly bytesMax: number; readonly depthMax: number },
): Promise<Decoded> {
  const packed = how.packed?.trim().toLowerCase() ?? 'identity';
  if (packed !== 'identity' && packed !== 'gzip')
    return { status: 415, says: `Content-Encoding ${packed.slice(0, 40)} is not read here; gzip is` };
  let plain = bytes;
  if (packed === 'gzip') {
    try {
      plain = await unzip(bytes, { maxOutputLength: limits.bytesMax });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        return { status: 413, says: `It unpacks to more than ${limits.bytesMax} bytes` };
      return { status: 400, says: 'The body is not gzip' };
    }
  }
  if (how.encoding === 'protobuf') {
    try {
      return { message: requests[how.via].decode(plain) };
    } catch {
      return { status: 400, says: 'The body is not OTLP in protobuf' };
    }
  }
  const read = parseIJson(plain, limits.depthMax);
  return read.ok ? { message: read.value } : { status: 400, says: `The body is not I-JSON: ${read.says}` };
}
