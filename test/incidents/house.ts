import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { StopScope } from '../../packages/server/src/kernel/readers.ts';
import { accessDoor, stopsDoor } from '../../packages/server/src/wire-doors.ts';
import { policyDoor } from '../../packages/server/src/wire-policy.ts';
import { serve } from '../../packages/server/src/wire-serve.ts';
import { type RecordingUpstream, startUpstream, type UpstreamTool } from '../support/e2e-upstream.ts';
import { type Agent, agentOf, type Way } from './agent.ts';
import { type Person, signIn } from './person.ts';

/** What an incident happens in: the upstream's tools, and the policy that stands before it. */
export interface Fixture {
  readonly tools: Readonly<Record<string, UpstreamTool>>;
  readonly policy: (url: string) => string;
  /** Further files of the policy folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the policy calls `${env:…}`. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the upstream wants to see in `Authorization`. */
  readonly upstreamToken?: string;
}

const administrator: ProvenPerson = { person: 'root@corp.example', roles: ['administrator'] };

/** The whole gateway as it ships, on a port, with people who sign in at it and agents that are clients of the SDK. */
export async function openHouse(fixture: Fixture, way: Way) {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-incident-'));
  const policy = join(folder, 'policy');
  mkdirSync(policy);
  const upstream: RecordingUpstream = await startUpstream(fixture.tools, fixture.upstreamToken);
  const write = (text: string) => writeFileSync(join(policy, 'policy.yaml'), text);
  for (const [name, text] of Object.entries(fixture.files ?? {})) writeFileSync(join(policy, name), text);
  write(fixture.policy(upstream.url));
  const config = { ...readConfig({ data: join(folder, 'data'), policy, port: '0' }, {}), heldWaitMs: { '*': 0 } };
  const env = fixture.env ?? {};
  const written: EntryFields[] = [];
  const start = (port: number) =>
    serve({
      config: { ...config, port },
      env,
      administrator: administrator.person,
      onWritten: (entries) => void written.push(...entries),
      alarm: () => undefined,
    });
  let serving = await start(0);
  const access = await accessDoor(config, env);
  const restart = async () => {
    await serving.close();
    serving = await start(Number(new URL(serving.url).port));
  };
  const agents: Agent[] = [];
  const people = new Map<string, Promise<Person>>();
  return {
    config,
    env,
    upstream,
    /** Entries that the server wrote, oldest first. */
    written,
    /** Tool calls that reached the upstream under one name. */
    reached: (name: string) => upstream.calls.filter((call) => call.name === name),
    url: serving.url,
    restart,
    /** Another policy, applied by two administrators. */
    async publish(text: string): Promise<void> {
      write(text);
      const desk = await policyDoor(config, env);
      const said = await desk.propose();
      if (said.status === 'broken') throw new Error(JSON.stringify(said));
      for (const person of [administrator.person, 'second@corp.example']) await desk.apply({ ...administrator, person });
      await desk.close();
      await restart();
    },
    async stop(scope: StopScope): Promise<void> {
      const desk = await stopsDoor(config, env);
      await desk.stops.engage({ scope, mode: 'full', by: { person: 'lee@corp.example', assurance: 'proved' }, reason: 'Stop it.' });
      await desk.close();
    },
    async agent(person: string, connector: string): Promise<Agent> {
      const issued = await access.tokens.issue({ plugin: 'desk', person, by: administrator });
      const found = issued.find((one) => one.connector === connector);
      if (!found) throw new Error(`the plugin has no connector ${connector}`);
      const straight = { url: upstream.url, token: fixture.upstreamToken ?? '' };
      const agent = await agentOf({ url: `${serving.url}${found.audience}`, token: found.token }, straight, way);
      agents.push(agent);
      return agent;
    },
    /** Somebody who enrolled as an approver, and signed in with their code. */
    person(name: string): Promise<Person> {
      const known = people.get(name) ?? access.people.enroll(name, ['approver'], administrator).then((code) => signIn(serving.url, code));
      people.set(name, known);
      return known;
    },
    async close() {
      for (const agent of agents) await agent.close();
      await access.close();
      await serving.close();
      await upstream.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type House = Awaited<ReturnType<typeof openHouse>>;
