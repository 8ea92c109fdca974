import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readConfig } from '../../packages/server/src/config.ts';
import { serve } from '../../packages/server/src/wire-serve.ts';

/**
 * The gateway as it ships, in a process that is there to be killed: it says `ready` when its code is loaded, waits for a
 * line, serves, and says where. What people must know comes on standard error.
 */
const { data, policy, administrator, port } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly data: string;
  readonly policy: string;
  readonly administrator: string;
  readonly port: string;
};
writeSync(1, 'ready\n');
const lines = createInterface({ input: process.stdin });
lines.once('close', () => process.exit(0));
await new Promise((resolve) => lines.once('line', resolve));
const config = readConfig({ data, policy, port }, { ...process.env });
const { url, enrolled } = await serve({
  config,
  env: process.env,
  administrator,
  onWritten: () => undefined,
  alarm: (says) => void writeSync(2, `! ${says}\n`),
});
writeSync(1, `${JSON.stringify({ url, code: enrolled?.code })}\n`);
