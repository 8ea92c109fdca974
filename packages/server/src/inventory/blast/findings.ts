import type { Finding } from '../../kernel/inventory.ts';
import type { ScannedConnector, ScannedPlugin } from '../../kernel/scan.ts';

const namedMax = 5;

/**
 * Connectors that read and act through one entry, and those that many plugins share: neither can be stopped, limited or
 * given away in parts. One finding for each address, however many have it.
 */
export function noticeWide(plugins: readonly ScannedPlugin[], notice: (finding: Finding) => void): void {
  const holders = Map.groupBy(
    plugins.flatMap((plugin) => plugin.connectors.map((connector) => ({ plugin, connector, address: addressOf(connector) }))),
    ({ address }) => address,
  );
  for (const [address, all] of holders) {
    const [first] = all;
    if (address === undefined || !first) continue;
    const { connector, plugin } = first;
    const acts = actsOf(connector);
    const place = { severity: 'low' as const, plugin: plugin.name, file: plugin.file };
    if (acts.length > 0 && connector.can.reads === 'yes')
      notice({
        ...place,
        rule: 'mixes_reading_and_acting',
        says: `${connector.name} reads and ${acts.join(' and ')} through one entry; as two connectors each has its own tools, stop and limits`,
      });
    const names = [...new Set(all.map((one) => one.plugin.name))];
    if (names.length > 1 && acts.length > 0)
      notice({
        ...place,
        rule: 'shared_connector',
        says: `${connector.name} acts for ${names.length} plugins (${named(names)}): one sign-in, one stop and one limit hold for all of them`,
      });
  }
}

function actsOf({ can }: ScannedConnector): readonly string[] {
  return [
    ...(can.changes === 'yes' ? ['changes'] : []),
    ...(can.contacts === 'yes' ? ['contacts'] : []),
    ...(can.destroys === 'yes' ? ['deletes'] : []),
  ];
}

function addressOf({ url, command }: ScannedConnector): string | undefined {
  return url ?? (command && command.length > 0 ? JSON.stringify(command) : undefined);
}

function named(names: readonly string[]): string {
  const more = names.length - namedMax;
  return `${names.slice(0, namedMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
