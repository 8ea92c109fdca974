import { existsSync, realpathSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { ConnectorKind, UpstreamAddress } from '@trapkey/contract/upstream.ts';
import { judgeCall } from './call.ts';
import type { Driver } from './driver.ts';
import { parserReady } from './judge/statement.ts';
import { postgresDriver } from './postgres/driver.ts';
import { provisionPostgres } from './postgres/provision.ts';
import { sqliteDriver } from './sqlite/driver.ts';
import { databaseUpstream, type Known } from './upstream.ts';

const addressesMax = 200;

/** PostgreSQL and SQLite as connectors of their own: tables, columns and rows as the connector document says. */
export function openSqlConnector(): ConnectorKind {
  // What is known of each database outlives those who have it open: a call is judged before anything is opened for it.
  const known = new Map<string, Known & { driver: Driver }>();

  function knownOf(address: UpstreamAddress, driver: Driver): Known {
    const key = JSON.stringify(address);
    const found = known.get(key);
    if (found) {
      found.driver = driver;
      return found;
    }
    const [oldest] = known.keys();
    if (known.size >= addressesMax && oldest !== undefined) known.delete(oldest);
    const made = { schema: undefined, reading: undefined, driver };
    known.set(key, made);
    return made;
  }

  return {
    name: 'sql',
    kinds: ['postgres', 'sqlite'],
    open(address, limits, { hidden = [] }) {
      if (address.kind !== 'postgres' && address.kind !== 'sqlite') throw new Error(`${address.kind} is no database`);
      if (address.kind === 'sqlite' && hidden.some((folder) => within(folder, address.file)))
        throw new Error('Trapkey’s own data is no database for a connector');
      const dialect = address.kind === 'postgres' ? 'PostgreSQL' : 'SQLite';
      const driver =
        address.kind === 'postgres' ? postgresDriver(address, limits.callTimeoutMs) : sqliteDriver(address, limits.callTimeoutMs);
      return databaseUpstream({ driver, dialect, known: knownOf(address, driver), limits });
    },
    judge(address, question) {
      const found = known.get(JSON.stringify(address));
      return found?.schema && parserReady() ? judgeCall(found.driver, question, found.schema) : undefined;
    },
    provision: provisionPostgres,
  };
}

/** Where a path really leads, links followed as far as there are any. */
function within(folder: string, file: string): boolean {
  const real = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));
  return !relative(real(folder), real(file)).startsWith('..');
}
