import { builtinConnectors } from './builtin.ts';
import type { Config } from './config.ts';
import { UserError } from './kernel/errors.ts';

import { loadFolder } from './policy/folder.ts';

export interface Provisioned {
  readonly connector: string;
  readonly connection: string;
  readonly applied: boolean;
  readonly statements: readonly string[];
}

/** Makes, or only writes down, the account that a connector over a database logs in as. Reads the folder: nothing has to run. */
export async function provision(
  config: Pick<Config, 'policyFolder'>,
  env: Readonly<Record<string, string | undefined>>,
  { connector, adminUrl, apply }: { readonly connector: string; readonly adminUrl: string; readonly apply: boolean },
): Promise<Provisioned> {
  const compiled = await loadFolder(config.policyFolder, env);
  if (!compiled.ok) throw new UserError('The policy folder does not check, so nothing was made.', 'See why with `trapkey policy check`.');
  const { connectors, connections } = compiled.set;
  const rules = connectors.get(connector);
  const address = rules && connections.get(rules.connection)?.upstream;
  const make = address && builtinConnectors.find(({ kinds }) => kinds.includes(address.kind))?.provision;
  if (!rules || !address || !make || address.kind !== 'postgres')
    throw new UserError(
      `${connector} is no connector over a PostgreSQL database. Nothing was made.`,
      'Name one whose connection has `upstream: { postgres: … }`.',
    );
  // One account serves all connectors of a connection.
  const bounds = [...connectors.values()].flatMap((one) => (one.connection === rules.connection && one.bounds ? [one.bounds] : []));
  const statements = await make(address, { bounds, adminUrl, apply }).catch((error: unknown) => {
    throw new UserError(
      `Nothing was made: ${error instanceof Error ? error.message : String(error)}.`,
      'Look at the address and the tables.',
    );
  });
  return { connector, connection: rules.connection, applied: apply, statements };
}
