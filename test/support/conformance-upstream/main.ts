import { startConformanceUpstream } from './serve.ts';

/** `node test/support/conformance-upstream/main.ts [port] [both|legacy]`: runs until it is ended, and prints its URL. */
const [port = '0', eras = 'both'] = process.argv.slice(2);
const upstream = await startConformanceUpstream({ port: Number(port), eras: eras === 'legacy' ? 'legacy' : 'both' });
process.stdout.write(`${upstream.url}\n`);
