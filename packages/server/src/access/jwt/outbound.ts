import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, fetch, request } from 'undici';

export interface OutboundRules {
  readonly network: 'public' | 'private';
  readonly insecureLoopback: boolean;
}

const timeoutMs = 5_000;
const bodyBytesMax = 512 * 1024;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Never a provider: this machine, link-local (cloud metadata), multicast and reserved ranges, and translations of IPv4. */
const never = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  never.addSubnet(net, bits);
for (const [net, bits] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
  ['64:ff9b::', 96],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  never.addSubnet(net, bits, 'ipv6');

const privateNetworks = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  privateNetworks.addSubnet(net, bits);
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

/** Why an address may not be connected to; undefined when it may. */
function refusedAddress(address: string, rules: OutboundRules): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (loopback.check(address, family)) return rules.insecureLoopback ? undefined : `${address} is this machine`;
  if (never.check(address, family)) return `${address} is a reserved address`;
  if (privateNetworks.check(address, family) && rules.network !== 'private')
    return `${address} is on a private network, and the setting says public`;
  return undefined;
}

/** Resolves once and hands over the address that was checked, so that a second answer of DNS cannot differ. */
function guardedLookup(rules: OutboundRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const refused = addresses.map(({ address }) => refusedAddress(address, rules)).find((why) => why !== undefined);
      const [first] = addresses;
      if (refused !== undefined || !first) return callback(new Error(`${hostname} is refused: ${refused ?? 'no address'}`), '');
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

/** Throws unless this address may be connected to at all; a name is checked when it is looked up. */
function mustBeAllowed(url: URL, rules: OutboundRules): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const local = host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local && rules.insecureLoopback))
    throw new Error(`${url.origin} is not https`);
  // A literal address is never looked up, so it is checked here.
  const refused = isIP(host) === 0 ? undefined : refusedAddress(host, rules);
  if (refused !== undefined) throw new Error(`${url.origin} is refused: ${refused}`);
}

function dispatcherFor(rules: OutboundRules): Agent {
  return new Agent({ connect: { lookup: guardedLookup(rules), timeout: timeoutMs }, maxResponseSize: bodyBytesMax });
}

/** Gets a JSON document from the identity provider: https, no redirects, bounded in time and size. Throws otherwise. */
export async function fetchJson(address: string, rules: OutboundRules): Promise<unknown> {
  const url = new URL(address);
  mustBeAllowed(url, rules);
  const dispatcher = dispatcherFor(rules);
  try {
    const reply = await request(url, { dispatcher, headers: { accept: 'application/json' }, signal: AbortSignal.timeout(timeoutMs) });
    if (reply.statusCode !== 200) {
      await reply.body.dump();
      throw new Error(`${url.origin} answered ${reply.statusCode}`);
    }
    return await reply.body.json();
  } finally {
    await dispatcher.close();
  }
}

/** The same door for a library that speaks with the provider itself: a `fetch` that goes nowhere else. */
export function guardedFetch(rules: OutboundRules): (address: string, options: RequestInit) => Promise<Response> {
  const dispatcher = dispatcherFor(rules);
  return async (address, options) => {
    mustBeAllowed(new URL(address), rules);
    return (await fetch(address, { ...options, redirect: 'manual', dispatcher } as never)) as unknown as Response;
  };
}
