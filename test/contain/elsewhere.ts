import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { type DatabaseAddress, openDatabase } from '../../packages/server/src/storage/database.ts';

// Another process, as the CLI is one: `node elsewhere.ts <address> <keys> <scope> <mode>` engages a stop and ends.
const [address, keys, scope, mode] = process.argv.slice(2).map((argument) => JSON.parse(argument));
const key = (name: string) => Buffer.from(keys[name], 'hex');
const database = await openDatabase(address as DatabaseAddress);
const recorder = openRecorder({ database, keys: { master: key('master'), names: key('names') } });
const stops = await openStops({ database, recorder, clock: Date.now });
const stop = await stops.engage({ scope, mode, by: { person: 'root', assurance: 'claimed' }, reason: 'from elsewhere' });
process.stdout.write(stop.id);
await recorder.close();
await database.close();
