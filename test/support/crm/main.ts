import { type CrmSettings, serveCrm } from './serve.ts';

/** `node test/support/crm/main.ts <settings as JSON>`: prints its address, and runs until it is ended or its parent is gone. */
const { url } = await serveCrm(JSON.parse(process.argv[2] ?? '{}') as CrmSettings);
process.stdin.resume().once('end', () => process.exit(0));
process.stdout.write(`${url}\n`);
