import { createHash } from 'node:crypto';
import { logsJson } from '../runs/otlp.ts';
import type { ConsoleHouse } from './house.ts';

const installations = [
  { person: 'ann@acme.example', at: 'laptop', client: 'claude-code', version: '2.1.329', sessions: 3 },
  { person: 'ann@acme.example', at: 'desktop', client: 'cowork', version: '1.4.2', sessions: 1 },
  { person: 'ben@acme.example', at: 'laptop', client: 'claude-code', version: '2.1.318', sessions: 2 },
] as const;

/** Telemetry of a few installations, each with as many sessions. */
export async function tellOfDevices(house: ConsoleHouse): Promise<void> {
  for (const { person, at, client, version, sessions } of installations) {
    const device = createHash('sha256').update(`${person} ${at}`).digest('hex');
    const events = Array.from({ length: sessions }, (_, n) => ({
      name: 'user_prompt',
      atMs: Date.now(),
      attributes: { 'session.id': `${at}-${person.slice(0, 3)}-${n}`, 'event.sequence': 1, 'prompt.id': 'p-1' },
    }));
    await house.tell(person, logsJson(events, { 'user.id': device, 'service.name': client, 'service.version': version }));
  }
}
