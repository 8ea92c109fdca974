import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { UpstreamAddress } from '@trapkey/contract/upstream.ts';

/** Whose upstream it is: one person's with one release, or everybody's. */
export interface Holder {
  readonly connection: string;
  readonly person: string;
  readonly release: string;
  readonly shared: boolean;
}

/** One key for each upstream that may not be shared with another. */
export function keyOf({ connection, person, release, shared }: Holder): string {
  return JSON.stringify(shared ? [connection] : [connection, person, release]);
}

/** The private home of a holder's process. Its name is a digest: a person's name is not for other processes to read. */
export function homeOf(homesFolder: string, holder: Holder): string {
  return join(homesFolder, createHash('sha256').update(keyOf(holder)).digest('hex').slice(0, 32));
}

/** The address as this holder uses it: a home of its own, and `${home}` in arguments and variables naming it. */
export function addressFor(address: UpstreamAddress, home: string): UpstreamAddress {
  if (address.kind !== 'stdio') return address;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how the document writes it.
  const fill = (text: string) => text.replaceAll('${home}', home);
  const [program, ...args] = address.command;
  return {
    ...address,
    home,
    command: [program, ...args.map(fill)],
    env: Object.fromEntries(Object.entries(address.env).map(([name, value]) => [name, fill(value)])),
  };
}
