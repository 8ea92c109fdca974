import { createInterface } from 'node:readline';
import type { DatabaseAddress } from '../../packages/server/src/storage/database.ts';
import { openLimited, word } from './limits-node.ts';
import { limited } from './limits-policy.ts';

// One process of the race: `node limits-racer.ts <orders>`. It waits for a line, then its clients call until they had their share.
const orders = JSON.parse(process.argv[2] ?? '{}') as {
  readonly address: DatabaseAddress;
  readonly limits: string;
  readonly attempts: number;
  readonly clients: number;
};
const node = await openLimited(orders.address, limited(orders.limits));
const said: Record<string, number> = {};
const lines = createInterface({ input: process.stdin });
process.stdout.write('ready\n');
for await (const line of lines) if (line === 'go') break;
let left = orders.attempts;
await Promise.all(
  Array.from({ length: orders.clients }, async () => {
    while (left-- > 0) {
      const came = word(await node.call('look'));
      said[came] = (said[came] ?? 0) + 1;
      if (came === 'result') process.stdout.write('.');
    }
  }),
);
process.stdout.write(`\n${JSON.stringify({ said, reached: node.upstream.reached.length })}\n`);
await node.close();
process.exit(0);
