import type { EntryFields } from '@trapkey/contract/entry.ts';
import { guardedFetch } from '../../packages/server/src/access/jwt/outbound.ts';
import { openAlerts, raiserIn } from '../../packages/server/src/effects/observe/act.ts';
import { openRaiseQueue } from '../../packages/server/src/effects/observe/raise.ts';
import type { ObservingPolicy } from '../../packages/server/src/effects/observe/signals.ts';
import { openObserver } from '../../packages/server/src/effects/observe/worker.ts';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { AlertRules } from '../../packages/server/src/kernel/alert-rules.ts';
import { rfc3339 } from '../../packages/server/src/kernel/clock.ts';
import type { Recorder } from '../../packages/server/src/kernel/recorder.ts';
import { teller } from '../../packages/server/src/messages/act.ts';
import { deliverDue } from '../../packages/server/src/messages/worker.ts';
import type { Database } from '../../packages/server/src/storage/database.ts';
import { keys, startMs } from '../gate/desk.ts';

export const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** One process that observes, on the database of a test, with a clock that the test moves. */
export function openNode(database: Database, rules: () => AlertRules, time: { nowMs: number }) {
  const recorder = openRecorder({ database, keys });
  const clock = () => time.nowMs;
  const connectors = new Map([
    ['crm', { id: 'crm', connection: 'crm', owner: 'revops@corp.example', alertRowsOver: 1_000 }],
    ['mail', { id: 'mail', connection: 'mail', owner: 'marketing@corp.example', alertRowsOver: undefined }],
  ]);
  const policy = () =>
    ({
      connectors,
      connections: new Map(),
      plugins: new Map([['sales', { id: 'sales', owner: 'm.osei@corp.example' }]]),
      directory: new Map(),
      organization: { owner: 'ops@corp.example', alerts: rules() },
    }) as unknown as ObservingPolicy;
  const queue = openRaiseQueue(clock);
  const tell = teller({ database, clock, policy });
  const observing = (through: Recorder = recorder) => openObserver({ database, recorder: through, clock, policy, tell, queue });
  const observer = observing();
  return {
    recorder,
    queue,
    observing,
    alerts: openAlerts({ database, recorder, clock, policy }),
    raiseIn: raiserIn({ database, clock }),
    /** Reads on until there is nothing new. */
    async read(): Promise<void> {
      while (await observer.step());
    },
    write: (entries: readonly EntryFields[]) => recorder.commit({ entries }),
    deliver: () =>
      deliverDue({
        ...{ database, recorder, clock, alerts: rules, link: (path) => `https://trapkey.corp.example${path}` },
        post: (network) => guardedFetch({ network, insecureLoopback: true }),
        alarm: () => undefined,
      }),
    close: () => recorder.close(),
  };
}
export type Node = ReturnType<typeof openNode>;

let calls = 0;
/** A refusal as the pipeline writes it. */
export function refusal(code: EntryFields['code'], more: Partial<EntryFields> = {}): EntryFields {
  return {
    ...{ timestamp: rfc3339(startMs), kind: 'decided', verdict: 'deny', code: code ?? 'internal', rule: 'connector/crm', approval: null },
    ...{ actor: 'agent', on_behalf_of: 'ada@corp.example', plugin: 'sales@2.1.0', connector: 'crm', tool: 'set_tier' },
    call: `C-${calls++}`,
    ...more,
  };
}

/** What ran, as the pipeline writes it. */
export function ran(more: Partial<EntryFields>): EntryFields {
  return { ...refusal('allowed'), kind: 'executed', verdict: 'allow', outcome: 'done', ...more };
}

/** What an administrator did. */
export function did(action: string, more: Partial<EntryFields> = {}): EntryFields {
  return { timestamp: rfc3339(startMs), kind: 'admin', action, on_behalf_of: 'root@corp.example', ...more };
}
