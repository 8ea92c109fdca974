import { BlockList, isIP } from 'node:net';

function block(ranges4: readonly string[], ranges6: readonly string[]): BlockList {
  const list = new BlockList();
  const add = (range: string, family: 'ipv4' | 'ipv6') => {
    const [address = '', prefix = ''] = range.split('/');
    list.addSubnet(address, Number(prefix), family);
  };
  for (const range of ranges4) add(range, 'ipv4');
  for (const range of ranges6) add(range, 'ipv6');
  return list;
}

/** Loopback, the ranges of RFC 1918 and 4193, and shared address space: only where the connection says so. */
const privateRanges = block(['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], ['::1/128', 'fc00::/7']);

/** Link-local (cloud metadata lives there), multicast, unspecified, reserved and translated ranges: never. */
const neverRanges = block(
  ['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ['::/128', 'fe80::/10', 'ff00::/8', '64:ff9b::/96', '2002::/16'],
);

/** Why this address may not be connected to; undefined when it may. */
export function barred(address: string, privateNetwork: boolean): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0) return `${address} is not an address`;
  if (neverRanges.check(address, family)) return `${address} is in a range that no connection may reach`;
  if (!privateNetwork && privateRanges.check(address, family))
    return `${address} is private; the connection would have to say network: private`;
  return undefined;
}
