import type { Driver } from '../driver.ts';
import { judgeChange } from '../judge/change.ts';
import { limitedStatement } from '../judge/rows.ts';
import { judgeStatement } from '../judge/statement.ts';
import { openPool } from './open.ts';
import { changer, reader } from './run.ts';
import { readSchema } from './schema.ts';

/** PostgreSQL, as the account of the address. */
export function postgresDriver(address: { readonly url: string; readonly tables: readonly string[] }, timeoutMs: number): Driver {
  const pool = openPool(address.url, timeoutMs);
  return {
    schema: () => readSchema(pool, address.tables),
    judge: judgeStatement,
    judgeChange,
    limited: (sql, rows, bounds, schema) => ({ sql: limitedStatement(sql, rows, bounds, schema) }),
    read: reader(pool),
    change: changer(pool),
    close: () => pool.end(),
  };
}
