import type { IncomingHttpHeaders } from 'node:http';
import type { Call } from '../kernel/call.ts';
import type { GatewayLimits } from './limits.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
const endpoint = /^\/p\/([A-Za-z0-9][A-Za-z0-9._-]{0,127})\/([A-Za-z0-9][A-Za-z0-9._+-]{0,127})\/([A-Za-z0-9][A-Za-z0-9._-]{0,127})$/;

/** A sentence when Host or Origin is not one of ours: a page of somebody else reached us through a name of theirs (DNS rebinding). */
export function foreignHost(headers: IncomingHttpHeaders, limits: Pick<GatewayLimits, 'hosts' | 'origins'>): string | undefined {
  const host = hostOf(headers.host);
  if (host === undefined || !(loopback.has(host) || limits.hosts.includes(host))) return 'The Host header names no host of this gateway';
  const { origin } = headers;
  if (origin === undefined || limits.origins.includes(origin)) return undefined;
  const from = URL.canParse(origin) ? new URL(origin).hostname : '';
  return loopback.has(from) || limits.hosts.includes(from) ? undefined : 'The Origin header names a site that may not call this gateway';
}

function hostOf(header: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec(header?.toLowerCase() ?? '')?.[1];
}

/** Reads an endpoint path; anything that is not exactly of its shape is none. */
export function endpointOf(path: string): Call['endpoint'] | undefined {
  const [, plugin, version, connector] = endpoint.exec(path) ?? [];
  return plugin === undefined || version === undefined || connector === undefined ? undefined : { plugin, version, connector };
}

/** What the client says it can read. */
export function accepts(header: string | undefined): { readonly json: boolean; readonly stream: boolean } {
  if (header === undefined) return { json: true, stream: false };
  const any = header.includes('*/*');
  return {
    json: any || header.includes('application/json') || header.includes('application/*'),
    stream: header.includes('text/event-stream'),
  };
}
