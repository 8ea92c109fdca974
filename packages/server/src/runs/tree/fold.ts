import { mainAgent, type RunReport } from '../../kernel/runs.ts';
import { type Agent, contradicted, type Launch, type Tree } from './state.ts';

/** A start follows its launch at once; one that comes later belongs to another. */
const pairWithinMs = 30_000;
const agentsMax = 2_000;
const launchesMax = 2_000;

/** Takes one report into a session's tree. Doubles change nothing; what contradicts itself becomes unknown, never a guess. */
export function fold(tree: Tree, report: RunReport): void {
  if (report.kind === 'launching') launching(tree, report);
  else if (report.kind === 'launched') launched(tree, report);
  else if (report.kind === 'agent_started') started(tree, report);
  else if (report.kind === 'agent_ended') ended(tree, report);
  else if (report.kind === 'session' && report.model !== undefined) describe(tree, report, mainAgent, { model: report.model });
  else if (report.kind === 'agent_seen') {
    describe(tree, report, report.agent, report);
    if (report.parent !== undefined) told(tree, report, report.agent, report.parent);
  }
}

type Of<K extends RunReport['kind']> = Extract<RunReport, { readonly kind: K }>;

function launching(tree: Tree, { toolUse, agent, atMs }: Of<'launching'>): void {
  if (tree.launches.has(toolUse) || tree.launches.size >= launchesMax) return;
  setLaunch(tree, { toolUse, parent: agent, atMs, state: 'open' });
}

function launched(tree: Tree, report: Of<'launched'>): void {
  const { toolUse, agent, child, model, atMs } = report;
  setLaunch(tree, { ...(tree.launches.get(toolUse) ?? { toolUse, parent: agent, atMs }), state: 'ended' });
  if (child === undefined || child === mainAgent) return;
  describe(tree, report, child, { model });
  told(tree, report, child, agent);
}

/** Pairs a start with the launch that it must belong to; when several may be meant, with none. */
function started(tree: Tree, report: Of<'agent_started'>): void {
  if (report.agent === mainAgent) return;
  describe(tree, report, report.agent, report);
  const known = tree.agents.get(report.agent);
  if (!known || known.hookStarted) return;
  const agent = { ...known, hookStarted: true };
  setAgent(tree, agent);
  if (agent.parentHook !== null) return;
  const open = [...tree.launches.values()].filter(
    ({ state, atMs, parent }) => (state === 'open' || state === 'muddled') && report.atMs - atMs <= pairWithinMs && parent !== agent.agent,
  );
  const parents = new Set(open.map(({ parent }) => parent));
  const [launch] = open;
  if (!launch) return;
  if (parents.size > 1 || open.some(({ state }) => state === 'muddled')) {
    for (const one of open) setLaunch(tree, { ...one, state: 'muddled' });
    return;
  }
  setLaunch(tree, { ...launch, state: 'paired' });
  setAgent(tree, { ...agent, parentHook: launch.parent });
}

function ended(tree: Tree, report: Of<'agent_ended'>): void {
  const agent = agentOf(tree, report, report.agent);
  if (agent && agent.endedAtMs === null) setAgent(tree, { ...agent, endedAtMs: report.atMs });
}

/** A witness names a parent. What it named before and what it names now must agree. */
function told(tree: Tree, { by, atMs }: Pick<RunReport, 'by' | 'atMs'>, id: string, parent: string): void {
  const agent = agentOf(tree, { atMs }, id);
  if (!agent || id === mainAgent) return;
  const now = parent === id ? contradicted : parent;
  if (by === 'hook') {
    const parentHook = agent.parentTold && agent.parentHook !== now ? contradicted : now;
    if (parentHook !== agent.parentHook || !agent.parentTold) setAgent(tree, { ...agent, parentHook, parentTold: true });
  } else {
    const parentTelemetry = agent.parentTelemetry !== null && agent.parentTelemetry !== now ? contradicted : now;
    if (parentTelemetry !== agent.parentTelemetry) setAgent(tree, { ...agent, parentTelemetry });
  }
}

/** Type and model: what was said last stands, by the hook before telemetry. */
function describe(
  tree: Tree,
  report: Pick<RunReport, 'by' | 'atMs'>,
  id: string,
  { type, model }: { readonly type?: string | undefined; readonly model?: string | undefined },
): void {
  const agent = agentOf(tree, report, id);
  if (!agent) return;
  const next = {
    type: type !== undefined && (agent.type === null || report.by === 'hook') ? type : agent.type,
    model: model ?? agent.model,
  };
  if (next.type !== agent.type || next.model !== agent.model) setAgent(tree, { ...agent, ...next });
}

/** The agent, known from now on; undefined when a session has had too many. */
function agentOf(tree: Tree, { atMs }: Pick<RunReport, 'atMs'>, id: string): Agent | undefined {
  const known = tree.agents.get(id);
  if (known) return known;
  if (tree.agents.size >= agentsMax) return undefined;
  const none = { type: null, model: null, hookStarted: false, parentHook: null, parentTold: false, parentTelemetry: null, endedAtMs: null };
  const agent: Agent = { agent: id, startedAtMs: atMs, ...none };
  setAgent(tree, agent);
  return agent;
}

function setAgent(tree: Tree, agent: Agent): void {
  tree.agents.set(agent.agent, agent);
  tree.changed.agents.add(agent.agent);
}

function setLaunch(tree: Tree, launch: Launch): void {
  tree.launches.set(launch.toolUse, launch);
  tree.changed.launches.add(launch.toolUse);
}
