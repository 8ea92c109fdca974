import type { UpstreamAddress } from '@trapkey/contract/upstream.ts';

/** Gives a stdio upstream its private home: `${home}` in its command and variables becomes that folder. */
export function atHome(address: UpstreamAddress, home: string): UpstreamAddress {
  if (address.kind !== 'stdio') return address;
  const fill = (text: string): string => text.replaceAll('$' + '{home}', home);
  const [program, ...rest] = address.command;
  return {
    ...address,
    home,
    command: [fill(program), ...rest.map(fill)],
    env: Object.fromEntries(Object.entries(address.env).map(([name, text]) => [name, fill(text)])),
  };
}
