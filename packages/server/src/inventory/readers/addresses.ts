import { BlockList, isIP } from 'node:net';

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix = ''] = range.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** This machine and its network: only where the person says so. */
const inner = listOf(['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7']);
/** Link-local (cloud metadata lives there), multicast, reserved and translated ranges: never. */
const never = listOf([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'ff00::/8',
  '64:ff9b::/96',
  '2002::/16',
]);

/** Why a scan does not fetch from an address; undefined when it may. */
export function barredAddress(address: string, privateNetwork: boolean): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0) return `${address} is no address`;
  if (never.check(address, family)) return `${address} is in a range that nothing is fetched from`;
  return inner.check(address, family) && !privateNetwork ? `${address} is private` : undefined;
}
