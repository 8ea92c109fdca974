import { inject, it } from 'vitest';
import { freshPostgres } from '../support/databases.ts';
import { stopsAreExact, stopsCount } from './exact.ts';

it(`three gateways on one PostgreSQL under load: nothing is sent after a stop, ${stopsCount} times`, { timeout: 3_600_000 }, async () => {
  const { address, remove } = await freshPostgres(inject('postgresUrl'));
  try {
    await stopsAreExact(address.kind === 'postgres' ? address.url : undefined);
  } finally {
    await remove();
  }
});
