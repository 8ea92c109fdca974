import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { UpstreamAddress } from '@trapkey/contract/upstream.ts';
import { Pool, fetch as undiciFetch } from 'undici';
import { barred } from './addresses.ts';
import { bounded } from './bounded.ts';

const controlConnections = 4;

/** The one way out to an HTTP upstream: one host, addresses that were checked, no redirects. */
export interface Door {
  readonly path: string;
  readonly url: URL;
  /** For calls. */
  readonly calls: Pool;
  /** For the SDK's handshake and subscriptions, on connections of their own. */
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

/** Why this URL is not one to connect to; undefined when it is. */
function refused(url: URL, privateNetwork: boolean): string | undefined {
  if (url.username !== '' || url.password !== '') return 'a URL must not carry a password';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && privateNetwork))
    return `${url.protocol}// is not enough: it must be https, or the connection private`;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : barred(host, privateNetwork);
}

/** Resolves a name once and checks every address; later connections go to what was checked, whatever DNS says by then. */
function checkedLookup(privateNetwork: boolean): LookupFunction {
  let resolved: Promise<readonly LookupAddress[]> | undefined;
  const resolve = (hostname: string) =>
    new Promise<readonly LookupAddress[]>((found, failed) => {
      lookup(hostname, { all: true }, (error, addresses) => {
        const reason = error?.message ?? addresses.map(({ address }) => barred(address, privateNetwork)).find((said) => said !== undefined);
        if (reason === undefined && addresses.length > 0) return found(addresses);
        failed(new Error(`${hostname}: ${reason ?? 'no address'}`));
      });
    });
  return (hostname, options, callback) => {
    resolved ??= resolve(hostname);
    resolved.then(
      (addresses) => {
        const first = addresses[0] as LookupAddress;
        if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => {
        resolved = undefined;
        callback(error, '', 0);
      },
    );
  };
}

/** Opens the door to one address. Throws when the URL is not one to connect to. */
export function openDoor(
  address: Extract<UpstreamAddress, { kind: 'http' }>,
  limits: { readonly connections: number; readonly connectMs: number; readonly bytesMax: number },
): Door {
  const url = new URL(address.url);
  const reason = refused(url, address.privateNetwork);
  if (reason !== undefined) throw new Error(`the address is refused: ${reason}`);
  const connect = { timeout: limits.connectMs, lookup: checkedLookup(address.privateNetwork) };
  // Time-outs are the calls' own: a call may be silent on its stream for as long as it is allowed to run.
  const silence = { headersTimeout: 0, bodyTimeout: 0 };
  const calls = new Pool(url.origin, { ...silence, connections: limits.connections, pipelining: 1, connect });
  const control = new Pool(url.origin, { ...silence, connections: controlConnections, pipelining: 1, connect });
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    const target = new URL(input instanceof Request ? input.url : input);
    if (target.origin !== url.origin) throw new Error(`${target.origin} is not this upstream`);
    const response = await undiciFetch(target, { ...(init as object), redirect: 'error', dispatcher: control });
    return bounded(response as unknown as Response, limits.bytesMax);
  };
  return {
    path: url.pathname + url.search,
    url,
    calls,
    fetch: fetch as typeof globalThis.fetch,
    async close() {
      await Promise.all([calls.destroy(), control.destroy()]);
    },
  };
}
