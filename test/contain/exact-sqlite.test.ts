import { it } from 'vitest';
import { stopsAreExact, stopsCount } from './exact.ts';

it(`three gateways on one SQLite file under load: nothing is sent after a stop, ${stopsCount} times`, { timeout: 3_600_000 }, async () => {
  await stopsAreExact(undefined);
});
