import { setTimeout as pause } from 'node:timers/promises';
import { type DemoAgent, type DemoEndpoint, demoAgent } from './agent.ts';
import { chanceOf } from './chance.ts';
import { type DemoPerson, demoPeople } from './people.ts';
import { scenes } from './scenes.ts';
import { nextDeed } from './work.ts';

/** Between two deeds of one agent, at a human pace. */
const pauseMs = { least: 2_000, most: 12_000 };

/** What the fleet works with. */
export interface FleetParts {
  readonly seed: number;
  /** How many times faster than people everything goes. */
  readonly pace: number;
  readonly endpointsOf: (person: DemoPerson) => readonly DemoEndpoint[];
  readonly changeMail: () => void;
  /** Hears what happens, in a sentence. */
  readonly say: (text: string) => void;
}

/** Starts the agents of everybody, and the scenes. Gives how to end it: what runs then is waited for. */
export function startFleet(parts: FleetParts): () => Promise<void> {
  const ending = new AbortController();
  const agents = demoPeople.map((person) => demoAgent(person, parts.endpointsOf(person)));
  const work = [
    ...agents.map((agent, at) => working(agent, { seed: parts.seed + at, pace: parts.pace }, ending.signal)),
    ...playing(parts, agents, ending.signal),
  ];
  return async () => {
    ending.abort();
    await Promise.allSettled(agents.map((agent) => agent.close()));
    await Promise.allSettled(work);
  };
}

/** One agent at work, until the end. What goes wrong is what the record shows; the next deed comes all the same. */
async function working(agent: DemoAgent, { seed, pace }: Pick<FleetParts, 'seed' | 'pace'>, signal: AbortSignal): Promise<void> {
  const chance = chanceOf(seed);
  const between = () => (pauseMs.least + chance.next() * (pauseMs.most - pauseMs.least)) / pace;
  let waitMs = (chance.next() * pauseMs.most) / pace;
  while (await waited(waitMs, signal)) {
    const { connector, tool, args } = nextDeed(agent.person, chance);
    await agent.call(connector, tool, args).catch(() => undefined);
    waitMs = between();
  }
}

function playing({ say, changeMail, pace }: FleetParts, agents: readonly DemoAgent[], signal: AbortSignal): readonly Promise<void>[] {
  const agent = (plugin: DemoPerson['plugin'], at: number): DemoAgent => {
    const found = agents.filter(({ person }) => person.plugin === plugin)[at];
    if (!found) throw new Error(`nobody works with ${plugin}`);
    return found;
  };
  return scenes.map(async (scene) => {
    if (!(await waited((scene.atS * 1_000) / pace, signal))) return;
    say(scene.says);
    await scene.play({ agent, changeMail }).catch(() => undefined);
  });
}

/** True after so long; false when it ended first. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return await pause(ms, true, { signal }).catch(() => false);
}
